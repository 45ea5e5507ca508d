/* SPDX-License-Identifier: MIT */
/* The test transport, see netstring.c. */
#ifndef TESTS_SEAMS_NETSTRING_H
#define TESTS_SEAMS_NETSTRING_H

#include "server/child/transport/transport.h"

/* What a client of it begins with. */
#define NETSTRING_PREFACE "NS1\n"

extern const struct transport transport_netstring;

#endif
