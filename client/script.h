/* SPDX-License-Identifier: MIT */
/* The uses without a menu: --send, --who, --listen. */
#ifndef CLIENT_SCRIPT_H
#define CLIENT_SCRIPT_H

#include "client/exitcode.h"
#include "client/options/options.h"
#include "client/session/session.h"

enum exitcode script_run(
	const struct options *options, struct session *session);

#endif
