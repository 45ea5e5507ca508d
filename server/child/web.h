/* SPDX-License-Identifier: MIT */
/* What a browser asks for, before any user hears of it: a file of the page, or
 * WebSocket, which any dialect may be spoken over. */
#ifndef SERVER_CHILD_WEB_H
#define SERVER_CHILD_WEB_H

#include <stdint.h>

struct client;
struct protocol;

/* How long a client may take to send the head of its request. */
#define WEB_HEAD_MS 5000

/* In PHASE_GREET, with the protocol of the web: answers the request once it is
 * whole.  Then the client leaves; or it has asked for WebSocket, and speaks the
 * protocol that is returned from now on. */
const struct protocol *web_step(struct client *c, int64_t now);

/* After an answer: gives the client time to take it, as long as it takes some.
 */
void web_linger(struct client *c);

#endif
