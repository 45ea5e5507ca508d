#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Who makes a room is its operator: what operators do, and others cannot.

load lib/helpers

# Alice makes the room, bob and carol are in it.
setup() {
	local name
	start_server --rate 0
	enter alice bob carol
	for name in alice bob carol; do
		say "$name" '/join #dev'
		expect_match "$name" "#dev \\* $name joined \\([0-9]+ here\\)"
	done
	expect_line alice '#dev * carol joined (3 here)'
	wipe alice bob carol
}

@test "an operator is made, and unmade" {
	say bob '/op carol'
	expect_line bob '! you are no operator of #dev'
	say alice '/op bob'
	expect_line carol '#dev * alice made bob an operator'
	say bob '/op carol'
	expect_line carol '#dev * bob made carol an operator'
	say carol '/deop alice'
	expect_line alice '#dev * carol took operator from alice'
	say alice '/kick bob'
	expect_line alice '! you are no operator of #dev'
	say carol '/mode'
	expect_match carol '#dev \* modes: none; operators: (bob, carol|carol, bob)'
	say carol '/op nobody-here'
	expect_line carol '! no such user: nobody-here'
	connect dave
	rename dave dave
	say carol '/op dave'
	expect_line carol '! dave is not in #dev'
}

@test "when the last operator leaves, the oldest member is one" {
	say alice '/leave'
	expect_line carol '#dev * alice left (2 here)'
	expect_line carol '#dev * bob is an operator now'
	say bob '/quit'
	expect_line carol '#dev * bob left (1 here)'
	expect_line carol '#dev * carol is an operator now'
}

@test "a member is kicked, and may come back" {
	say bob '/kick carol'
	expect_line bob '! you are no operator of #dev'
	say alice '/kick bob be nice'
	expect_line carol '#dev * alice kicked bob: be nice'
	expect_line bob '#dev * alice kicked bob: be nice'
	say bob 'in the lobby'
	expect_line alice '[bob] in the lobby'
	say bob '/msg #dev hello'
	expect_line bob '! you are not in #dev'
	say bob '/join #dev'
	expect_line alice '#dev * bob joined (3 here)'
	say alice '/kick nobody-here'
	expect_line alice '! no such user: nobody-here'
}

@test "who is banned stays out until unbanned" {
	say alice '/ban bob spam'
	expect_line carol '#dev * alice banned bob: spam'
	say bob '/join #dev'
	expect_line bob '! you are banned from #dev'
	# Under another name, too.
	rename bob robert bob
	wipe bob
	say bob '/join #dev'
	expect_line bob '! you are banned from #dev'
	rename bob bob robert
	say alice '/unban carol'
	expect_line alice '! not banned from #dev: carol'
	say alice '/unban bob'
	expect_line carol '#dev * alice unbanned bob'
	say bob '/join #dev'
	expect_line alice '#dev * bob joined (3 here)'
	# Of somebody who is not there.
	say alice '/ban mallory'
	expect_line carol '#dev * alice banned mallory'
	connect dave
	rename dave mallory
	say dave '/join #dev'
	expect_line dave '! you are banned from #dev'
}

@test "a locked topic is the operators'" {
	say alice '/mode locked'
	expect_line bob '#dev * alice locked the topic'
	say bob '/topic mine'
	expect_line bob '! you are no operator of #dev'
	say alice '/topic ours'
	expect_line bob '#dev * alice set the topic: ours'
	wipe bob
	say bob '/mode locked off'
	expect_line bob '! you are no operator of #dev'
	say alice '/mode locked off'
	expect_line bob '#dev * alice unlocked the topic'
	say bob '/topic mine'
	expect_line alice '#dev * bob set the topic: mine'
}

@test "in a moderated room those with voice talk" {
	say alice '/mode moderated'
	expect_line bob '#dev * alice made the room moderated'
	say bob 'may I'
	expect_line bob '! #dev is moderated: operators and those with voice talk'
	say alice '/voice bob'
	expect_line bob '#dev * alice gave voice to bob'
	say bob 'thank you'
	expect_line carol '#dev [bob] thank you'
	say alice '/devoice bob'
	expect_line bob '#dev * alice took voice from bob'
	say bob 'still'
	eventually "$PATIENCE" copies_are 2 bob \
		'! #dev is moderated: operators and those with voice talk'
	say alice '/mode moderated off'
	expect_line bob '#dev * alice ended moderation'
	say bob 'and now'
	expect_line carol '#dev [bob] and now'
}

@test "a room by invitation only" {
	say alice '/mode invite'
	expect_line bob '#dev * alice made the room invite only'
	connect dave
	rename dave dave
	say dave '/join #dev'
	expect_line dave '! #dev is by invitation only'
	say bob '/invite dave'
	expect_line bob '! you are no operator of #dev'
	say alice '/invite dave'
	expect_line dave '* alice invites you to #dev: /join #dev'
	expect_line alice '* you invited dave to #dev'
	say dave '/join #dev'
	expect_line alice '#dev * dave joined (4 here)'
	# It holds once.
	say dave '/leave'
	expect_line alice '#dev * dave left (3 here)'
	wipe alice dave
	say dave '/join #dev'
	expect_line dave '! #dev is by invitation only'
	say alice '/mode invite off'
	expect_line bob '#dev * alice opened the room to all'
	say dave '/join #dev'
	expect_line alice '#dev * dave joined (4 here)'
	say alice '/invite bob'
	expect_line alice '! bob is in #dev already'
	never_match bob '.*invites you.*'
}

@test "a room with a key, and one that is full" {
	say alice '/mode key pa55word'
	expect_line bob '#dev * alice set the key'
	never_match bob '.*pa55word.*'
	connect dave
	rename dave dave
	say dave '/join #dev'
	expect_line dave '! #dev needs its key: /join #dev KEY'
	say dave '/join #dev wrong'
	eventually "$PATIENCE" copies_are 2 dave '! #dev needs its key: /join #dev KEY'
	say dave '/join #dev pa55word'
	expect_line dave '#dev * dave joined (4 here)'
	say alice '/mode key off'
	expect_line bob '#dev * alice removed the key'
	say alice '/mode limit 4'
	expect_line bob '#dev * alice set the limit: 4'
	connect erin
	say erin '/join #dev'
	expect_line erin '! #dev is full: at most 4'
	say alice '/mode'
	expect_line alice '#dev * modes: limit 4; operators: alice'
	say alice '/mode limit off'
	expect_line bob '#dev * alice removed the limit'
	say erin '/join #dev'
	expect_match bob '#dev \* guest-[0-9]+ joined \(5 here\)'
}

@test "what is no mode" {
	say alice '/mode hidden'
	expect_line alice '! usage: /mode [locked|moderated|invite|secret|external|key WORD|limit N] [on|off]'
	say alice '/mode limit many'
	expect_line alice '! bad limit: a number from 1 to 30,000'
	say alice '/mode key two words'
	expect_line alice '! bad key: at most 32 letters, digits and signs of ASCII, without blanks and commas, and no : first'
	say alice '/mode invite maybe'
	expect_line alice '! usage: /mode invite [on|off]'
}

@test "a full list of bans" {
	local n
	for n in $(seq 1 16); do
		say alice "/ban somebody-$n"
	done
	expect_line bob '#dev * alice banned somebody-16'
	say alice '/ban somebody-17'
	expect_line alice '! ban list of #dev full (16)'
	say alice '/unban somebody-1'
	expect_line bob '#dev * alice unbanned somebody-1'
	say alice '/ban somebody-17'
	expect_line bob '#dev * alice banned somebody-17'
}

@test "the lobby has no operators" {
	local line
	connect dave
	for line in '/op bob' '/kick bob' '/ban bob' '/mode moderated' '/topic x'; do
		wipe dave
		say dave "$line"
		expect_line dave "! #lobby has no operators: it is the administrator's"
	done
	say dave '/invite bob'
	expect_line dave '! bob is in #lobby already'
	say dave '/mode'
	expect_line dave '* modes: none'
}

@test "powers outlive the relay" {
	say alice '/op bob'
	expect_line carol '#dev * alice made bob an operator'
	say alice '/mode locked'
	say alice '/ban mallory'
	expect_line carol '#dev * alice banned mallory'
	kill -KILL "$(relay_pid)"
	say carol '/topic mine'
	expect_line carol '! you are no operator of #dev'
	say bob '/topic ours'
	expect_line carol '#dev * bob set the topic: ours'
	connect dave
	rename dave mallory
	say dave '/join #dev'
	expect_line dave '! you are banned from #dev'
}

@test "a program reads who did what" {
	connect_events prog
	say prog '/nick prog'
	say prog '/join #dev'
	expect_event prog join prog '#dev' 4
	say alice '/op bob'
	expect_event prog mode alice '#dev' 'operator on bob'
	say bob '/deop alice'
	expect_event prog mode bob '#dev' 'operator off alice'
	say bob '/mode moderated'
	expect_event prog mode bob '#dev' 'moderated on'
	say bob '/mode limit 9'
	expect_event prog mode bob '#dev' 'limit on 9'
	say bob '/mode key pa55'
	expect_event prog mode bob '#dev' 'key on'
	say prog '/mode'
	expect_event prog notice - '#dev' 'moderated, key, limit 9; operators: bob'
	say bob '/kick carol be nice'
	expect_event prog kick bob '#dev' 'carol be nice'
	say bob '/ban alice'
	expect_event prog ban bob '#dev' alice
	say bob '/unban alice'
	expect_event prog mode bob '#dev' 'ban off alice'
	say bob '/invite carol'
	expect_line carol '* bob invites you to #dev: /join #dev'
	say prog '/join #none'
	say prog '/invite carol'
	expect_event prog invite prog '#none' carol
	say bob '/kick prog'
	expect_event prog kick bob '#dev' prog
	say bob '/leave'
	expect_line bob '#dev * bob left (0 here)'
}

@test "a mask keeps names out; who is exempt comes in" {
	local name
	for name in dave davina; do
		connect "$name"
		rename "$name" "$name"
	done
	say alice '/ban dav*'
	expect_line bob '#dev * alice banned dav*'
	say dave '/join #dev'
	expect_line dave '! you are banned from #dev'
	say bob '/exempt davina'
	expect_line bob '! you are no operator of #dev'
	say alice '/exempt davina'
	expect_line bob '#dev * alice exempted davina from bans'
	say davina '/join #dev'
	expect_line bob '#dev * davina joined (4 here)'
	say bob '/bans'
	expect_line bob '#dev * banned: dav*'
	expect_line bob '#dev * exempt from bans: davina'
	say alice '/unexempt davina'
	expect_line bob '#dev * alice ended the exemption of davina'
	say alice '/unexempt davina'
	expect_line alice '! not on that list of #dev: davina'
	say alice '/unban DAV*'
	expect_line bob '#dev * alice unbanned DAV*'
	say dave '/join #dev'
	expect_line bob '#dev * dave joined (5 here)'
	say bob '/bans'
	expect_line bob '#dev * banned: nobody'
}

@test "who is muted reads on, and talks with voice" {
	say alice '/mute bob'
	expect_line bob '#dev * alice muted bob'
	say bob 'may I'
	expect_line bob '! you may not talk in #dev'
	say alice '/voice bob'
	expect_line bob '#dev * alice gave voice to bob'
	say bob 'thanks'
	expect_line carol '#dev [bob] thanks'
	say alice '/unmute bob'
	expect_line bob '#dev * alice unmuted bob'
}

@test "a standing invitation" {
	say alice '/mode invite'
	expect_line bob '#dev * alice made the room invite only'
	connect dave
	rename dave dave
	say alice '/admit dave'
	expect_line bob '#dev * alice gave a standing invitation to dave'
	say dave '/join #dev'
	expect_line bob '#dev * dave joined (4 here)'
	say dave '/leave'
	expect_line bob '#dev * dave left (3 here)'
	say dave '/join #dev'
	eventually "$PATIENCE" copies_are 2 bob '#dev * dave joined (4 here)'
	say alice '/unadmit dave'
	expect_line bob '#dev * alice ended the standing invitation of dave'
}

@test "an operator's invitation lets one into a full room, a member's does not" {
	connect dave
	rename dave dave
	say alice '/mode limit 3'
	expect_line bob '#dev * alice set the limit: 3'
	say bob '/invite dave'
	expect_line dave '* bob invites you to #dev: /join #dev'
	say dave '/join #dev'
	expect_match dave '! .*#dev is full.*'
	say alice '/invite dave'
	expect_line dave '* alice invites you to #dev: /join #dev'
	say dave '/join #dev'
	expect_line bob '#dev * dave joined (4 here)'
}

@test "/invite alone: where operators have invited somebody to" {
	connect dave
	rename dave dave
	say dave '/invite'
	expect_line dave '* you are invited nowhere'
	say bob '/invite dave'
	expect_line bob '* you invited dave to #dev'
	wipe dave
	say dave '/invite'
	expect_line dave '* you are invited nowhere'
	say alice '/invite dave'
	expect_line alice '* you invited dave to #dev'
	say dave '/invite'
	expect_line dave '* you are invited to: #dev'
}

@test "a secret room is not there for who is outside" {
	connect dave
	rename dave dave
	say alice '/mode secret'
	expect_line bob '#dev * alice made the room secret'
	say dave '/rooms'
	expect_line dave '* rooms: none; /join #NAME makes one'
	say dave '/who #dev'
	eventually "$PATIENCE" copies_are 1 dave '! no such room: #dev'
	say dave '/msg #dev hello'
	eventually "$PATIENCE" copies_are 2 dave '! no such room: #dev'
	say bob '/rooms'
	expect_line bob '* rooms: #dev (3)'
	say bob '/mode'
	expect_line bob '#dev * modes: secret; operators: alice'
	say dave '/join #dev'
	expect_line bob '#dev * dave joined (4 here)'
	say dave '/rooms'
	expect_line dave '* rooms: #dev (4)'
	say alice '/mode secret off'
	expect_line bob '#dev * alice made the room public'
}

@test "an open room takes messages from outside" {
	connect dave
	rename dave dave
	say dave '/msg #dev hello'
	expect_line dave '! you are not in #dev'
	say alice '/mode external'
	expect_line bob '#dev * alice opened the room to messages from outside'
	say dave '/msg #dev hello again'
	expect_line bob '#dev [dave] hello again'
	expect_line dave '#dev [dave] hello again'
	say bob 'who is that'
	say alice '/mode external off'
	expect_line bob '#dev * alice closed the room to messages from outside'
	say dave '/msg #dev hello?'
	eventually "$PATIENCE" copies_are 2 dave '! you are not in #dev'
	never_match dave '.*who is that'
}

@test "a message to the operators, or to those with voice" {
	say alice '/voice bob'
	expect_line carol '#dev * alice gave voice to bob'
	say carol '/msg @#dev help'
	expect_line alice '#dev [carol -> @#dev] help'
	expect_line carol '#dev [carol -> @#dev] help'
	say carol '/msg +#dev tea?'
	expect_line bob '#dev [carol -> +#dev] tea?'
	expect_line alice '#dev [carol -> +#dev] tea?'
	never_match bob '.*help'
	say carol '/msg @#lobby help'
	expect_match carol '! #lobby has no operators.*'
}
