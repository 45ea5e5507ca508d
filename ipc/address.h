/* SPDX-License-Identifier: MIT */
/* An address of a network, as processes pass it on: of a client that a proxy
 * stands for. */
#ifndef IPC_ADDRESS_H
#define IPC_ADDRESS_H

#include <stdint.h>

struct net_address {
	uint64_t high, low; /* as a number; IPv4 in ::ffff:0:0/96 */
	uint32_t port;      /* 0: not known */
	uint32_t unused;
};

#endif
