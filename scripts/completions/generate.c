/* SPDX-License-Identifier: MIT */
/* Writes the completion of a program for a shell, from the table of options
 * that it is linked with: generate bash|zsh PROGRAM.
 * Runs in: make. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ipc/common/option.h"

/* Behind the last one. */
static const struct option_entry *table_end(void)
{
	return option_table + option_count;
}

static bool is_offered(const struct option_entry *e)
{
	return e->name != NULL &&
	       (e->brief != NULL || (e->help != NULL && e->help[0] != '\0'));
}

static bool is_file(const struct option_entry *e)
{
	return e->kind == OPTION_FILE || e->kind == OPTION_PATH;
}

static bool may_be_unix(const struct option_entry *e)
{
	return e->kind == OPTION_LISTENER || e->kind == OPTION_SERVER;
}

static bool has_kind(enum option_kind kind)
{
	for (const struct option_entry *e = option_table; e < table_end();
		e++) {
		if (e->kind == kind)
			return true;
	}
	return false;
}

/* The text, with the program's name for each at sign. */
static void put(const char *text, const char *program)
{
	for (; *text != '\0'; text++) {
		if (*text == '@')
			printf("%s", program);
		else
			putchar(*text);
	}
}

/* --- bash --------------------------------------------------------------- */

static const char bash_head[] =
	"# shellcheck shell=bash\n"
	"# Completes the options of @ in bash.  Source it, or install it as\n"
	"# PREFIX/share/bash-completion/completions/@.\n"
	"\n"
	"_@() {\n"
	"\tlocal word=${COMP_WORDS[COMP_CWORD]}"
	" before=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"\n"
	"\t# Of --log=syslog bash makes three words.\n"
	"\tif [[ $word == = ]]; then\n"
	"\t\tword=''\n"
	"\telif [[ $before == = ]]; then\n"
	"\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\tfi\n"
	"\t# Of unix:PATH, too.\n"
	"\tif [[ $word == : ]]; then\n"
	"\t\tbefore=$before: word=''\n"
	"\telif [[ $before == : ]]; then\n"
	"\t\tbefore=${COMP_WORDS[COMP_CWORD - 2]}:\n"
	"\tfi\n"
	"\tCOMPREPLY=()\n"
	"\tcase $before in\n";

static void bash_case(const char *pattern, const char *words)
{
	printf("\t%s)\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen %s -- \"$word\")\n",
		pattern, words);
}

/* The names, in a pattern of a case. */
static const char *bash_pattern(const struct option_entry *e)
{
	static char pattern[128];

	snprintf(pattern, sizeof pattern, "%s%s%s", e->name,
		e->also != NULL ? " | " : "", e->also != NULL ? e->also : "");
	return pattern;
}

static void bash_value(const struct option_entry *e)
{
	char words[OPTION_LIST_MAX];

	if (e->kind == OPTION_WORD) {
		snprintf(words, sizeof words, "-W '%s'", e->words);
		for (char *p = words; *p != '\0'; p++)
			*p = *p == '|' ? ' ' : *p;
		bash_case(bash_pattern(e), words);
	} else if (e->kind == OPTION_USER) {
		bash_case(bash_pattern(e), "-A user");
	} else if (is_file(e)) {
		/* A slash behind folders, and no word of a name with blanks. */
		bash_case(bash_pattern(e), "-f");
		printf("\t\tcompopt -o filenames 2>/dev/null\n");
	} else if (e->kind == OPTION_SERVER) {
		bash_case(bash_pattern(e), "-A hostname -W unix:");
		printf("\t\t# A path follows.\n"
		       "\t\tif [[ ${COMPREPLY[*]} == unix: ]]; then\n"
		       "\t\t\tcompopt -o nospace 2>/dev/null\n"
		       "\t\tfi\n");
	} else {
		printf("\t%s)\n", bash_pattern(e));
	}
	printf("\t\t;;\n");
}

static void bash(const char *program)
{
	put(bash_head, program);
	for (const struct option_entry *e = option_table; e < table_end();
		e++) {
		if (e->value != NULL)
			bash_value(e);
	}
	if (has_kind(OPTION_LISTENER) || has_kind(OPTION_SERVER)) {
		bash_case("unix:", "-f");
		printf("\t\tcompopt -o filenames 2>/dev/null\n\t\t;;\n");
	}
	printf("\t*)\n\t\tmapfile -t COMPREPLY < <(\n\t\t\tcompgen -W '");
	for (const struct option_entry *e = option_table; e < table_end();
		e++) {
		if (is_offered(e))
			printf("\n\t\t\t\t%s%s%s", e->name,
				e->also != NULL ? " " : "",
				e->also != NULL ? e->also : "");
	}
	put("\n\t\t\t' -- \"$word\"\n\t\t)\n\t\t;;\n\tesac\n}\n\n"
	    "complete -F _@ @\n",
		program);
}

/* --- zsh ---------------------------------------------------------------- */

/* Within single quotes and, for _arguments, brackets. */
static void zsh_quoted(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\'')
			printf("'\\''");
		else if (strchr("[]:\\", s[i]) != NULL)
			printf("\\%c", s[i]);
		else
			putchar(s[i] == '\n' ? ' ' : s[i]);
	}
}

static void zsh_brief(const struct option_entry *e)
{
	const char *s = e->brief != NULL ? e->brief : e->help;
	size_t n = e->brief != NULL ? strlen(s) : strcspn(s, ";:,(");

	while (n > 0 && strchr(" \n", s[n - 1]) != NULL)
		n--;
	putchar('[');
	zsh_quoted(s, n);
	putchar(']');
}

static void zsh_value(const struct option_entry *e, const char *program)
{
	static const char *const longer[][2] = {{"ADDR", "address"},
		{"MS", "milliseconds"}, {"N", "number"}, {"S", "seconds"}};
	const char *s = e->kind == OPTION_WORD ? "word" : e->value;
	size_t n = strcspn(s, " ");

	putchar(':');
	for (size_t i = 0; i < sizeof longer / sizeof longer[0]; i++) {
		if (strlen(longer[i][0]) == n &&
			strncmp(longer[i][0], s, n) == 0) {
			printf("%s", longer[i][1]);
			n = 0;
		}
	}
	for (size_t i = 0; i < n; i++)
		putchar(tolower((unsigned char)s[i]));
	putchar(':');
	if (e->kind == OPTION_WORD) {
		putchar('(');
		for (const char *p = e->words; *p != '\0'; p++)
			putchar(*p == '|' ? ' ' : *p);
		putchar(')');
	} else if (e->kind == OPTION_USER) {
		printf("_users");
	} else if (is_file(e)) {
		printf("_files");
	} else if (may_be_unix(e)) {
		printf("_%s_unix", program);
	} else {
		putchar(' ');
	}
}

/* Whether one makes no sense beside the other. */
static bool excludes(const struct option_entry *a, const struct option_entry *b)
{
	unsigned int of_a =
		a->kind == OPTION_USE ? OPTION_WITH(a->set) : a->with;

	return a != b && of_a != 0 && !option_is_with(b, of_a);
}

static void zsh_excluded(const struct option_entry *e, const char *other)
{
	const char *before = "(";

	if (e->kind == OPTION_HELP || e->kind == OPTION_VERSION) {
		printf("(- *)");
		return;
	}
	if (other != NULL) {
		printf("%s%s", before, other);
		before = " ";
	}
	for (const struct option_entry *b = option_table; b < table_end();
		b++) {
		if (is_offered(b) && excludes(e, b)) {
			printf("%s%s", before, b->name);
			before = " ";
		}
	}
	if (*before == ' ')
		putchar(')');
}

static void zsh_option(const struct option_entry *e, const char *name,
	const char *other, const char *program)
{
	printf(" \\\n\t'");
	zsh_excluded(e, other);
	printf("%s%s%s", e->repeats ? "*" : "", name,
		e->value != NULL ? "=" : "");
	zsh_brief(e);
	if (e->value != NULL)
		zsh_value(e, program);
	putchar('\'');
}

static void zsh(const char *program)
{
	put("# Completes the options of @ in zsh.  Put it into a folder of "
	    "$fpath.\n\n"
	    "_@_unix() {\n"
	    "\tif compset -P unix:; then\n"
	    "\t\t_files\n"
	    "\telse\n",
		program);
	if (has_kind(OPTION_SERVER))
		printf("\t\tcompadd -S '' unix:\n\t\t_hosts\n");
	else
		printf("\t\t_message 'HOST:PORT, [V6]:PORT, *:PORT or "
		       "unix:PATH'\n");
	printf("\tfi\n}\n\n_arguments");
	for (const struct option_entry *e = option_table; e < table_end();
		e++) {
		if (!is_offered(e))
			continue;
		zsh_option(e, e->name, e->also, program);
		if (e->also != NULL)
			zsh_option(e, e->also, e->name, program);
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	static const char license[] = "# SPDX-License-Identifier: MIT\n";

	if (argc != 3)
		return 2;
	if (strcmp(argv[1], "zsh") == 0) {
		printf("#compdef %s\n%s", argv[2], license);
		zsh(argv[2]);
	} else {
		printf("%s", license);
		bash(argv[2]);
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
