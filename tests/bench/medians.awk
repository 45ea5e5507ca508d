# Reads ROUND SERVER CLIENTS KEY VALUE; prints the medians over the rounds, a
# table for each number of clients.  servers: the columns; the first is what is
# divided by the others.

{
	if (!($3 in known_clients)) {
		known_clients[$3] = 1
		clients[++clients_n] = $3
	}
	if (!($4 in known_key)) {
		known_key[$4] = 1
		keys[++keys_n] = $4
	}
	cell = $2 SUBSEP $3 SUBSEP $4
	values[cell, ++count[cell]] = $5
}

function median(cell,    n, i, j, v, sorted) {
	n = count[cell]
	for (i = 1; i <= n; i++) {
		v = values[cell, i] + 0
		for (j = i - 1; j >= 1 && sorted[j] > v; j--)
			sorted[j + 1] = sorted[j]
		sorted[j + 1] = v
	}
	return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

function number(v) {
	return v == int(v) || v >= 1000 ? sprintf("%.0f", v) : sprintf("%.3f", v)
}

function ratio(ours, theirs) {
	return ours > 0 && theirs > 0 ? sprintf("%.2f", ours / theirs) : "-"
}

function print_row(clients, key,    i, cell, ours, v) {
	ours = 0
	printf "%-32s", key
	for (i = 1; i <= servers_n; i++) {
		cell = server[i] SUBSEP clients SUBSEP key
		if (!(cell in count)) {
			printf "%12s%s", "-", (i == 1 ? "" : "        ")
			continue
		}
		v = median(cell)
		printf "%12s", number(v)
		if (i == 1)
			ours = v
		else
			printf " %7s", ratio(ours, v)
	}
	print ""
}

END {
	servers_n = split(servers, server, " ")
	for (c = 1; c <= clients_n; c++) {
		printf "%s%-32s", (c > 1 ? "\n" : ""), clients[c] " clients"
		for (i = 1; i <= servers_n; i++)
			printf "%12s%s", server[i], (i == 1 ? "" : "   ratio")
		print ""
		for (k = 1; k <= keys_n; k++)
			print_row(clients[c], keys[k])
	}
}
