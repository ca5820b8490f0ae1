// The way to a connection, with peers that are no nodes, break off anywhere or fall silent.
#include "link_peer.h"

static uv_loop_t loop;
static struct peer peer;

static int begin(void **state) {
    (void)state;
    alarm(60); // nothing here takes so long; a hang ends the run
    peer_listen(&peer);
    return uv_loop_init(&loop);
}

static int finish(void **state) {
    (void)state;
    peer_finish(&peer);
    return uv_loop_close(&loop); // fails if a handle was left open
}

// ---- Breaking off ---------------------------------------------------------------------------

static void play_node(struct peer *self) {
    if (peer_shake_hands(self, "sok", PEER_COOKIE)) {
        struct buffer out;
        buffer_init(&out);
        peer_add_message(&out, CREATION, 3);
        peer_say_str(self, buffer_str(&out));
        buffer_finish(&out);
    }
}

static enum error_code expected_after(size_t said) {
    size_t challenge = 5 + 2 + 19 + strlen(PEER_NAME);
    if (said < 5) {
        return ERROR_NOT_A_BEAM;
    }
    return said == challenge ? ERROR_WRONG_COOKIE : ERROR_CONNECTION_LOST;
}

static void peer_may_close_after_any_byte(void **state) {
    (void)state;
    struct buffer message;
    buffer_init(&message);
    peer_add_message(&message, CREATION, 3);
    size_t all = PEER_HANDSHAKE_BYTES + message.length;
    buffer_finish(&message);
    for (size_t said = 0; said <= all; said++) {
        struct peer each;
        peer_listen(&each);
        each.budget = said;
        peer_start(&each, play_node);
        struct dist_options options = peer_options(&each);
        struct owner owner = {0};
        connect_and_run(&loop, &options, &owner);
        assert_int_equal(owner.error.code, expected_after(said));
        assert_int_equal(owner.ups, said >= PEER_HANDSHAKE_BYTES);
        assert_int_equal(owner.messages, said == all);
        peer_finish(&each);
    }
}

// ---- No node at all -------------------------------------------------------------------------

static void play_http(struct peer *self) {
    char first;
    peer_hear(self, &first, 1);
    peer_say_str(self, STR("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
}

static void http_server_is_not_a_beam(void **state) {
    (void)state;
    peer_start(&peer, play_http);
    struct dist_options options = peer_options(&peer);
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_NOT_A_BEAM);
    assert_int_equal(owner.ups, 0);
}

static void http_server_is_not_epmd(void **state) {
    (void)state;
    peer_start(&peer, play_http);
    struct dist_options options = peer_options(&peer);
    options.epmd_port = options.port;
    options.port = 0;
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_NOT_A_BEAM);
    assert_non_null(strstr(owner.error.message, "127.0.0.1"));
}

static void play_zeros(struct peer *self) {
    static const char zeros[4096];
    while (peer_say(self, zeros, sizeof zeros)) {
    }
}

static void endless_zeros_are_not_a_beam(void **state) {
    (void)state;
    peer_start(&peer, play_zeros);
    struct dist_options options = peer_options(&peer);
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_NOT_A_BEAM);
}

static void play_silence(struct peer *self) {
    peer_hear_all(self);
}

static void silent_peer_ends_with_the_deadline(void **state) {
    (void)state;
    peer_start(&peer, play_silence);
    struct dist_options options = peer_options(&peer);
    struct dist_times times = dist_times;
    times.connect = 100;
    struct owner owner = {0};
    owner.link = dist_connect_timed(&loop, &options, &owner_events, &owner, &times);
    run_to_the_end(&loop, &owner);
    assert_int_equal(owner.error.code, ERROR_DEADLINE);
}

static void silent_epmd_ends_with_the_deadline(void **state) {
    (void)state;
    peer_start(&peer, play_silence);
    struct dist_options options = peer_options(&peer);
    options.epmd_port = options.port;
    options.port = 0;
    struct dist_times times = dist_times;
    times.connect = 100;
    struct owner owner = {0};
    owner.link = dist_connect_timed(&loop, &options, &owner_events, &owner, &times);
    run_to_the_end(&loop, &owner);
    assert_int_equal(owner.error.code, ERROR_EPMD_UNREACHABLE);
}

// ---- epmd -----------------------------------------------------------------------------------

static void play_epmd(struct peer *self) {
    char request[9];
    if (peer_hear(self, request, sizeof request) && memcmp(request, "\0\7zrabbit", 9) == 0) {
        struct buffer out;
        buffer_init(&out);
        buffer_add_u16(&out, 119 << 8);
        buffer_add_u16(&out, self->other_port);
        buffer_add(&out, "M\0\0\6\0\5\0\6rabbit\0\0", 16);
        peer_say_str(self, buffer_str(&out));
        buffer_finish(&out);
    }
}

static void epmd_leads_to_the_node(void **state) {
    (void)state;
    struct peer epmd;
    peer_listen(&epmd);
    epmd.other_port = peer.port;
    peer_start(&epmd, play_epmd);
    peer_start(&peer, play_node);
    struct dist_options options = peer_options(&peer);
    options.epmd_port = epmd.port;
    options.port = 0;
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.ups, 1);
    assert_int_equal(owner.messages, 1);
    assert_string_equal(owner.peer, PEER_NAME);
    peer_finish(&epmd);
}

static void epmd_may_close_after_any_byte(void **state) {
    (void)state;
    for (size_t said = 0; said < 18; said++) {
        struct peer epmd;
        peer_listen(&epmd);
        epmd.other_port = peer.port;
        epmd.budget = said;
        peer_start(&epmd, play_epmd);
        struct dist_options options = peer_options(&epmd);
        options.epmd_port = epmd.port;
        options.port = 0;
        struct owner owner = {0};
        connect_and_run(&loop, &options, &owner);
        assert_int_equal(owner.error.code, ERROR_EPMD_UNREACHABLE);
        peer_finish(&epmd);
    }
}

static void play_unknown_name(struct peer *self) {
    char request[9];
    peer_hear(self, request, sizeof request);
    peer_say_str(self, STR("w\1"));
}

static void unknown_name_names_host_and_port(void **state) {
    (void)state;
    peer_start(&peer, play_unknown_name);
    struct dist_options options = peer_options(&peer);
    options.epmd_port = options.port;
    options.port = 0;
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_NODE_NOT_RUNNING);
    char expected[100];
    snprintf(expected, sizeof expected,
            "no node named 'rabbit' is registered with epmd on host '127.0.0.1' (port %u)",
            peer.port);
    assert_non_null(strstr(owner.error.message, expected));
}

// A port that nothing listens on.
static uint16_t dead_port(void) {
    struct peer gone;
    peer_listen(&gone);
    close(gone.listening);
    return gone.port;
}

static void nothing_listens(void **state) {
    (void)state;
    struct dist_options options = peer_options(&peer);
    options.port = dead_port();
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_HOST_UNREACHABLE);
    options.epmd_port = options.port;
    options.port = 0;
    owner = (struct owner){0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_EPMD_UNREACHABLE);
}

// ---- Statuses and cookies -------------------------------------------------------------------

static void play_alive(struct peer *self) {
    peer_shake_hands(self, "salive", PEER_COOKIE);
}

static void alive_is_answered_and_goes_up(void **state) {
    (void)state;
    peer_start(&peer, play_alive);
    struct dist_options options = peer_options(&peer);
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.ups, 1);
    assert_int_equal(owner.self.id, 1);
    assert_int_equal(owner.self.serial, 0);
    assert_int_equal(owner.self.creation, CREATION);
}

static void play_not_allowed(struct peer *self) {
    peer_shake_hands(self, "snot_allowed", PEER_COOKIE);
}

static void refusal_is_told(void **state) {
    (void)state;
    peer_start(&peer, play_not_allowed);
    struct dist_options options = peer_options(&peer);
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_NODE_REFUSED);
}

static void play_impostor(struct peer *self) {
    peer_shake_hands(self, "sok", "another cookie");
}

static void peer_that_does_not_know_the_cookie_is_refused(void **state) {
    (void)state;
    peer_start(&peer, play_impostor);
    struct dist_options options = peer_options(&peer);
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.ups, 0);
    assert_int_equal(owner.error.code, ERROR_WRONG_COOKIE);
}

static void malformed_options_are_told_by_down(void **state) {
    (void)state;
    static const char *const names[] = {"", "rabbit", "rabbit@", "@127.0.0.1", "@"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct dist_options options = peer_options(&peer);
        options.peer = str_of(names[i]);
        struct owner owner = {0};
        connect_and_run(&loop, &options, &owner);
        assert_int_equal(owner.error.code, ERROR_INVALID_PARAMETER);
    }
    char cookie[LIMIT_COOKIE + 1];
    memset(cookie, 'q', sizeof cookie);
    struct dist_options options = peer_options(&peer);
    options.cookie = (struct str){cookie, sizeof cookie};
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_INVALID_PARAMETER);
    assert_null(strstr(owner.error.message, "qq"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(peer_may_close_after_any_byte),
            TEST(http_server_is_not_a_beam),
            TEST(http_server_is_not_epmd),
            TEST(endless_zeros_are_not_a_beam),
            TEST(silent_peer_ends_with_the_deadline),
            TEST(silent_epmd_ends_with_the_deadline),
            TEST(epmd_leads_to_the_node),
            TEST(epmd_may_close_after_any_byte),
            TEST(unknown_name_names_host_and_port),
            TEST(nothing_listens),
            TEST(alive_is_answered_and_goes_up),
            TEST(refusal_is_told),
            TEST(peer_that_does_not_know_the_cookie_is_refused),
            TEST(malformed_options_are_told_by_down),
    };
    return cmocka_run_group_tests_name("link_peer", tests, NULL, NULL);
}
