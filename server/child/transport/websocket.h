/* SPDX-License-Identifier: MIT */
/* WebSocket, the side of the server (RFC 6455): messages of text in frames,
 * each of which is a line.  The handshake, which comes before, is that of
 * server/child/web.h.
 *
 * Each message of the client is a line; a newline in it ends one, too.  Each
 * line of the dialect is a message of one frame, without its end.  What the RFC
 * forbids closes the connection with the status that it names: a frame without
 * a mask, bits and opcodes that are reserved, control frames that are long or
 * in parts (1002); text that is not UTF-8, at its first wrong byte (1007);
 * messages over WEBSOCKET_MESSAGE_MAX, by what their header says (1009). */
#ifndef SERVER_CHILD_TRANSPORT_WEBSOCKET_H
#define SERVER_CHILD_TRANSPORT_WEBSOCKET_H

#include "server/child/transport/transport.h"

/* Cap on bytes of a message.  A line may have far fewer: one that is longer is
 * read to its end, and its sender told.  A message above this is no line by
 * mistake. */
#define WEBSOCKET_MESSAGE_MAX (64u << 10)

/* A client that has sent nothing for this long gets a ping, which keeps proxies
 * from closing a quiet connection; one that does not answer it in as much time
 * is gone. */
#define WEBSOCKET_PING_MS 30000

/* Cap on bytes of a line that is sent: the length of its frame has 16 bits. */
#define WEBSOCKET_LINE_MAX 65535

/* Our messages are of text at first, or binary ones; then of the kind of the
 * client's last one. */
extern const struct transport transport_websocket;
extern const struct transport transport_websocket_binary;

#endif
