/* peer_child.c - see peer_child.h. The socket never blocks: every wait is a poll with a limit. */
#include "peer_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../base/error.h"
#include "../base/process.h"

double peer_patience = 120;

void peer_child_end(struct peer_child *c)
{
    if (!c->pid) return;
    close(c->fd);
    kill(c->pid, SIGKILL);
    (void)process_wait(c->pid);
    c->pid = 0;
}

int peer_child_lose(struct peer_child *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!*c->lost) vsnprintf(c->lost, sizeof c->lost, format, arguments);
    va_end(arguments);
    peer_child_end(c);
    return 0;
}

/* it has closed its end: the exit code says how it ended */
static int lose_dead(struct peer_child *c)
{
    pid_t pid = c->pid;
    close(c->fd);
    kill(pid, SIGKILL); /* no matter if it has ended; else it has closed its output alone */
    c->pid = 0;
    int code = process_wait(pid);
    return peer_child_lose(c, "it ended, with exit code %d", code);
}

int peer_child_start(struct peer_child *c, const char *const *argv)
{
    int ends[2], null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    char error[ERROR_TEXT] = "";
    *c = (struct peer_child){ 0 };
    if (null < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
        if (null >= 0) close(null);
        return peer_child_lose(c, "there is no socket for it: %s", strerror(errno));
    }
    int started = process_start(&c->pid, argv, ends[1], ends[1], null, NULL, error);
    close(ends[1]);
    close(null);
    if (!started) {
        close(ends[0]);
        c->pid = 0;
        return peer_child_lose(c, "%.150s", error);
    }
    c->fd = ends[0];
    (void)fcntl(c->fd, F_SETFL, O_NONBLOCK);
    return 1;
}

static int wait_for(struct peer_child *c, short what)
{
    struct pollfd ready = { .fd = c->fd, .events = what };
    int n;
    while ((n = poll(&ready, 1, (int)(peer_patience * 1000))) < 0 && errno == EINTR) continue;
    return n > 0 ? 1 : peer_child_lose(c, "it has been silent for %g s", peer_patience);
}

int peer_child_send(struct peer_child *c, const void *bytes, size_t n)
{
    const char *at = bytes;
    while (n) {
        if (!c->pid || !wait_for(c, POLLOUT)) return 0;
        ssize_t sent = send(c->fd, at, n, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (sent <= 0) return lose_dead(c);
        at += sent;
        n -= (size_t)sent;
    }
    return c->pid != 0;
}

int peer_child_receive(struct peer_child *c, void *bytes, size_t n)
{
    char *at = bytes;
    while (n) {
        if (!c->pid || !wait_for(c, POLLIN)) return 0;
        ssize_t got = recv(c->fd, at, n, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got <= 0) return lose_dead(c);
        at += got;
        n -= (size_t)got;
    }
    return c->pid != 0;
}

/* byte by byte: what follows the line belongs to whoever asks next */
int peer_child_line(struct peer_child *c, char line[PEER_LINE])
{
    for (int n = 0; n < PEER_LINE; n++) {
        if (!peer_child_receive(c, line + n, 1)) return 0;
        if (line[n] != '\n') continue;
        line[n] = '\0';
        return 1;
    }
    return peer_child_lose(c, "it answers '%.40s...'", line);
}
