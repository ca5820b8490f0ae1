// Hosts that do not resolve, resolve late or have several addresses. The resolver of libc is
// replaced by one that this file plays: hosts of the domain .test are made up here.
#include "link_peer.h"

#include <netdb.h>
#include <semaphore.h>

static uv_loop_t loop;
static sem_t hold; // a lookup of slow.test waits for it

static struct addrinfo *literal(const char *text, struct addrinfo *next) {
    struct addrinfo *info = memory_new(1, sizeof *info);
    struct sockaddr_in *four = memory_new(1, sizeof(struct sockaddr_storage));
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)four;
    info->ai_socktype = SOCK_STREAM;
    info->ai_addr = (struct sockaddr *)four;
    info->ai_next = next;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        info->ai_addrlen = sizeof *four;
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &six->sin6_addr), 1);
        six->sin6_family = AF_INET6;
        info->ai_addrlen = sizeof *six;
    }
    info->ai_family = info->ai_addr->sa_family;
    return info;
}

// The library must find this one and not libc's.
__attribute__((visibility("default"))) int getaddrinfo(const char *node, const char *service,
        const struct addrinfo *hints, struct addrinfo **result) {
    (void)service;
    (void)hints;
    *result = NULL;
    if (strcmp(node, "unknown.test") == 0) {
        return EAI_NONAME;
    }
    if (strcmp(node, "slow.test") == 0) {
        sem_wait(&hold);
        return EAI_AGAIN;
    }
    if (strcmp(node, "several.test") == 0) {
        // Nothing listens on the first two; the third takes connections.
        *result = literal("127.0.0.2", literal("::1", literal("127.0.0.1", NULL)));
    } else if (strcmp(node, "hundred.test") == 0) {
        *result = literal("127.0.0.1", NULL);
        for (int i = 0; i < 99; i++) {
            *result = literal("127.0.0.2", *result);
        }
    } else {
        *result = literal(node, NULL);
    }
    return 0;
}

__attribute__((visibility("default"))) void freeaddrinfo(struct addrinfo *info) {
    while (info) {
        struct addrinfo *next = info->ai_next;
        free(info->ai_addr);
        free(info);
        info = next;
    }
}

static int begin(void **state) {
    (void)state;
    alarm(60);
    sem_init(&hold, 0, 0);
    return uv_loop_init(&loop);
}

static int finish(void **state) {
    (void)state;
    sem_destroy(&hold);
    return uv_loop_close(&loop);
}

static void unknown_host_is_told(void **state) {
    (void)state;
    struct peer none = {0};
    struct dist_options options = peer_options(&none);
    options.peer = STR("rabbit@unknown.test");
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_HOST_UNREACHABLE);
    assert_non_null(strstr(owner.error.message, "'unknown.test'"));
}

static void hanging_resolver_ends_with_the_deadline(void **state) {
    (void)state;
    struct peer none = {0};
    struct dist_options options = peer_options(&none);
    options.peer = STR("rabbit@slow.test");
    struct dist_times times = dist_times;
    times.connect = 50;
    struct owner owner = {0};
    owner.link = dist_connect_timed(&loop, &options, &owner_events, &owner, &times);
    while (owner.downs == 0) {
        uv_run(&loop, UV_RUN_ONCE); // the lookup still hangs
    }
    assert_int_equal(owner.error.code, ERROR_HOST_UNREACHABLE);
    sem_post(&hold);
    run_to_the_end(&loop, &owner);
}

static void link_may_be_closed_while_the_resolver_hangs(void **state) {
    (void)state;
    struct peer none = {0};
    struct dist_options options = peer_options(&none);
    options.peer = STR("rabbit@slow.test");
    struct owner owner = {0};
    owner.link = dist_connect(&loop, &options, &owner_events, &owner);
    link_close(owner.link);
    while (owner.downs == 0) {
        uv_run(&loop, UV_RUN_ONCE);
    }
    assert_int_equal(owner.error.code, ERROR_CONNECTION_LOST);
    sem_post(&hold);
    run_to_the_end(&loop, &owner);
}

static void play_node(struct peer *self) {
    peer_shake_hands(self, "sok", PEER_COOKIE);
}

static void play_epmd(struct peer *self) {
    char request[9];
    if (peer_hear(self, request, sizeof request)) {
        struct buffer out;
        buffer_init(&out);
        buffer_add_u16(&out, 119 << 8);
        buffer_add_u16(&out, self->other_port);
        buffer_add(&out, "M\0\0\6\0\5\0\6rabbit\0\0", 16);
        peer_say_str(self, buffer_str(&out));
        buffer_finish(&out);
    }
}

static void every_address_is_tried(void **state) {
    (void)state;
    struct peer peer;
    struct peer epmd;
    peer_listen(&peer);
    peer_listen(&epmd);
    epmd.other_port = peer.port;
    peer_start(&peer, play_node);
    peer_start(&epmd, play_epmd);
    struct dist_options options = peer_options(&peer);
    options.peer = STR("rabbit@several.test");
    options.port = 0;
    options.epmd_port = epmd.port;
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.ups, 1);
    peer_finish(&epmd);
    peer_finish(&peer);
}

// epmd answers at one address, the node listens at another.
static void node_may_listen_at_another_address_than_epmd(void **state) {
    (void)state;
    struct peer peer;
    struct peer epmd;
    peer_listen(&peer);
    peer_listen_at(&epmd, "127.0.0.2");
    epmd.other_port = peer.port;
    peer_start(&peer, play_node);
    peer_start(&epmd, play_epmd);
    struct dist_options options = peer_options(&peer);
    options.peer = STR("rabbit@several.test");
    options.port = 0;
    options.epmd_port = epmd.port;
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.ups, 1);
    peer_finish(&epmd);
    peer_finish(&peer);
}

static void at_most_eight_addresses_are_tried(void **state) {
    (void)state;
    struct peer peer;
    peer_listen(&peer); // only at the hundredth
    struct dist_options options = peer_options(&peer);
    options.peer = STR("rabbit@hundred.test");
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_HOST_UNREACHABLE);
    peer_finish(&peer);
}

// A listener whose queue is full lets connections wait for ever, as a firewall that drops packets
// does; the address after it still gets its turn.
static void address_that_never_answers_leaves_time_for_the_next(void **state) {
    (void)state;
    struct peer peer;
    peer_listen(&peer);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(peer.port)};
    inet_pton(AF_INET, "127.0.0.2", &at.sin_addr);
    int full = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(full, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(full, 0), 0);
    int waiting[4];
    for (int i = 0; i < 4; i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(waiting[i], (struct sockaddr *)&at, sizeof at);
    }
    peer_start(&peer, play_node);
    struct dist_options options = peer_options(&peer);
    options.peer = STR("rabbit@several.test");
    struct dist_times times = dist_times;
    times.connect = 600;
    struct owner owner = {0};
    owner.link = dist_connect_timed(&loop, &options, &owner_events, &owner, &times);
    run_to_the_end(&loop, &owner);
    assert_int_equal(owner.ups, 1);
    for (int i = 0; i < 4; i++) {
        close(waiting[i]);
    }
    close(full);
    peer_finish(&peer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(unknown_host_is_told),
            TEST(hanging_resolver_ends_with_the_deadline),
            TEST(link_may_be_closed_while_the_resolver_hangs),
            TEST(every_address_is_tried),
            TEST(node_may_listen_at_another_address_than_epmd),
            TEST(at_most_eight_addresses_are_tried),
            TEST(address_that_never_answers_leaves_time_for_the_next),
    };
    return cmocka_run_group_tests_name("link_resolve", tests, NULL, NULL);
}
