/* What a typed line does, which depends on the mode. */
#ifndef CLIENT_TYPED_H
#define CLIENT_TYPED_H

#include "client/modes.h"

void typed_line(struct menu *m, struct field line);

/* A line was longer than any can be, and is lost. */
void typed_too_long(struct menu *m);

#endif
