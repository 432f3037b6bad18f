/*
 * What the command itself has to say (about files, options, compilers), in the shape of a finding.
 * To stderr.
 */
#ifndef FEARLESS_CHECK_DRIVER_MESSAGE_H
#define FEARLESS_CHECK_DRIVER_MESSAGE_H

#include <glib.h>
#include <stdbool.h>

/* Whether messages have colours; false until set. */
void message_set_colour(bool colour);
bool message_colour(void);

/* "error: ...". Helps and notes follow it, then message_end() ends the paragraph. */
void message_error(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void message_warning(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void message_note(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void message_help(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
void message_end(void);

/* "note: ...", a paragraph of its own. */
void message_remark(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/*
 * Writes all of it to a file descriptor. False when nobody reads it any more (a closed pipe, a full
 * disk): not worth a message, as there is nobody to read that, either.
 */
bool write_out(int fd, const char *text, size_t length);

#endif
