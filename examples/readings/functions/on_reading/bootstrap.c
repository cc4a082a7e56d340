/* A Lambda function in C, without libraries: it speaks the Lambda Runtime API over plain sockets.
 *
 * Says which sensors are too hot. It looks for the few members it needs instead of parsing JSON; a real program would
 * use a JSON library. */

#define _GNU_SOURCE /* strcasestr */

#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* macOS */
#endif

struct message {
    char *text; /* head and body, with a zero at the end */
    char *body;
};

/* -- the Runtime API ----------------------------------------------------------------------------------------------- */

static int connect_to_runtime_api(const char *address) {
    char host[256];
    const char *colon = strrchr(address, ':');
    struct addrinfo *found, wanted = {.ai_socktype = SOCK_STREAM};

    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    if (getaddrinfo(host, colon + 1, &wanted, &found) != 0) exit(1);
    int fd = socket(found->ai_family, found->ai_socktype, 0);
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) != 0) exit(1); /* the host has gone */
    freeaddrinfo(found);
    return fd;
}

static void send_all(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0) exit(1);
        data += sent;
        size -= (size_t)sent;
    }
}

/* One request on a connection of its own: its answer ends where the connection does. */
static struct message call(const char *method, const char *path, const char *fields, const char *body) {
    const char *address = getenv("AWS_LAMBDA_RUNTIME_API");
    int fd = connect_to_runtime_api(address);
    char head[1024];
    int size = snprintf(head, sizeof head,
                        "%s /2018-06-01/runtime/%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n"
                        "Content-Length: %zu\r\n%s\r\n",
                        method, path, address, strlen(body), fields);
    send_all(fd, head, (size_t)size);
    send_all(fd, body, strlen(body));

    struct message answer = {NULL, NULL};
    size_t filled = 0;
    ssize_t received;
    do {
        answer.text = realloc(answer.text, filled + 65537);
        received = recv(fd, answer.text + filled, 65536, 0);
        filled += received > 0 ? (size_t)received : 0;
    } while (received > 0);
    close(fd);
    answer.text[filled] = 0;
    answer.body = strstr(answer.text, "\r\n\r\n");
    if (answer.body == NULL) exit(1);
    *answer.body = 0;
    answer.body += 4;
    return answer;
}

static void post(const char *fields, const char *body, const char *path, ...) {
    char full_path[256];
    va_list parts;
    va_start(parts, path);
    vsnprintf(full_path, sizeof full_path, path, parts);
    va_end(parts);
    free(call("POST", full_path, fields, body).text);
}

static void field_of(const struct message *answer, const char *name, char *value, size_t size) {
    const char *found = strcasestr(answer->text, name);
    if (found == NULL) exit(1);
    found += strlen(name);
    snprintf(value, size, "%.*s", (int)strcspn(found, "\r"), found);
}

/* -- the function itself ------------------------------------------------------------------------------------------- */

/* Gives how many records there were, or -1 where the event is not a stream's. */
static int handle(const char *event, double too_hot) {
    int records = 0;
    if (strstr(event, "\"Records\"") == NULL) return -1;
    for (const char *at = event; (at = strstr(at, "\"celsius\"")) != NULL; at++) {
        double celsius = strtod(at + strcspn(at, "-0123456789"), NULL);
        if (celsius >= too_hot) printf("%.1f degrees is too hot\n", celsius);
        records++;
    }
    printf("%d readings\n", records);
    fflush(stdout); /* what is not written now would be read with the next event */
    return records;
}

int main(void) {
    const char *too_hot = getenv("TOO_HOT_CELSIUS");
    if (too_hot == NULL) {
        post("Lambda-Runtime-Function-Error-Type: Readings.NoLimit\r\n",
             "{\"errorType\": \"Readings.NoLimit\", \"errorMessage\": \"TOO_HOT_CELSIUS is not set\"}", "init/error");
        return 1;
    }
    for (;;) {
        struct message event = call("GET", "invocation/next", "", "");
        char request_id[64];
        field_of(&event, "Lambda-Runtime-Aws-Request-Id: ", request_id, sizeof request_id);
        if (handle(event.body, atof(too_hot)) >= 0)
            post("", "{\"batchItemFailures\": []}", "invocation/%s/response", request_id);
        else
            post("Lambda-Runtime-Function-Error-Type: Readings.NoRecords\r\n",
                 "{\"errorType\": \"Readings.NoRecords\", \"errorMessage\": \"the event has no records\"}",
                 "invocation/%s/error", request_id);
        free(event.text);
    }
}
