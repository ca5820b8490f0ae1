// Control messages of every operation, as ERTS writes them, and what is no control message.
#include "link/control.h"

#include "base/memory.h"
#include "term/decode.h"
#include "term/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct term_pid ours = {.node = {"whitebeam@here", 14}, .id = 1, .creation = 9};
static const struct term_pid theirs = {
        .node = {"rabbit@box", 10}, .id = 88, .serial = 2, .creation = 7};

static struct arena arena;
static struct control control;
static struct error error;
static char *exact;

static int begin(void **state) {
    (void)state;
    arena_init(&arena);
    exact = NULL;
    return 0;
}

static int finish(void **state) {
    (void)state;
    arena_finish(&arena);
    free(exact);
    return 0;
}

// From a block of the exact size, so that reading past it is seen.
static bool read(struct str packet) {
    free(exact);
    exact = memory_new(packet.length, 1);
    if (packet.length > 0) {
        memcpy(exact, packet.at, packet.length);
    }
    return control_read(&arena, (struct str){exact, packet.length}, &control, &error);
}

// Appends one element of a control tuple: O our pid, T their pid, n a name, u '', i an integer,
// r a reference, t a tuple, l a list.
static void add(struct buffer *out, char kind) {
    static const struct term_reference reference = {
            .node = {"rabbit@box", 10}, .creation = 7, .count = 3, .words = {1, 2, 3}};
    switch (kind) {
    case 'O':
        encode_pid(out, &ours);
        break;
    case 'T':
        encode_pid(out, &theirs);
        break;
    case 'n':
        encode_atom_text(out, "whitebeam");
        break;
    case 'u':
        encode_atom_text(out, "");
        break;
    case 'i':
        encode_integer(out, 4711);
        break;
    case 'r':
        encode_reference(out, &reference);
        break;
    case 't':
        encode_tuple(out, 2);
        encode_atom_text(out, "lists");
        encode_atom_text(out, "seq");
        break;
    case 'l':
        encode_nil(out);
        break;
    default:
        fail();
    }
}

static void compose(struct buffer *out, uint8_t operation, const char *elements, bool message) {
    out->length = 0;
    buffer_add_u8(out, 112);
    encode_version(out);
    encode_tuple(out, 1 + (uint32_t)strlen(elements));
    encode_integer(out, operation);
    for (const char *each = elements; *each; each++) {
        add(out, *each);
    }
    if (message) {
        encode_version(out);
        encode_binary(out, STR("hello"));
    }
}

static const struct str hello = {"\x83m\0\0\0\5hello", 11};

struct row {
    uint8_t operation;
    const char *elements;
    bool message;   // follows the tuple
    const char *to; // NULL: nothing for us
};

static const struct row rows[] = {
        {1, "TO", false, NULL},          // LINK
        {2, "uO", true, ""},             // SEND
        {3, "TOn", false, NULL},         // EXIT
        {4, "TO", false, NULL},          // UNLINK (before OTP 26)
        {5, "", false, NULL},            // NODE_LINK
        {6, "Tun", true, "whitebeam"},   // REG_SEND
        {7, "TO", false, NULL},          // GROUP_LEADER
        {8, "TOn", false, NULL},         // EXIT2
        {12, "uOt", true, ""},           // SEND_TT
        {13, "TOtn", false, NULL},       // EXIT_TT
        {16, "Tunt", true, "whitebeam"}, // REG_SEND_TT
        {18, "TOtn", false, NULL},       // EXIT2_TT
        {19, "TOr", false, NULL},        // MONITOR_P
        {19, "Tnr", false, NULL},        // MONITOR_P by name
        {20, "TOr", false, NULL},        // DEMONITOR_P
        {21, "TOrn", false, NULL},       // MONITOR_P_EXIT
        {22, "TO", true, ""},            // SEND_SENDER
        {23, "TOt", true, ""},           // SEND_SENDER_TT
        {24, "TO", true, NULL},          // PAYLOAD_EXIT
        {25, "TOt", true, NULL},         // PAYLOAD_EXIT_TT
        {26, "TO", true, NULL},          // PAYLOAD_EXIT2
        {27, "TOt", true, NULL},         // PAYLOAD_EXIT2_TT
        {28, "TOr", true, NULL},         // PAYLOAD_MONITOR_P_EXIT
        {29, "rTTtl", true, NULL},       // SPAWN_REQUEST
        {30, "rTTtlt", true, NULL},      // SPAWN_REQUEST_TT
        {31, "rOit", false, NULL},       // SPAWN_REPLY
        {32, "rOitt", false, NULL},      // SPAWN_REPLY_TT
        {33, "Tr", true, NULL},          // ALIAS_SEND
        {34, "Trt", true, NULL},         // ALIAS_SEND_TT
        {35, "iTO", false, NULL},        // UNLINK_ID
        {36, "iTO", false, NULL},        // UNLINK_ID_ACK
        {99, "TOn", true, NULL},         // not invented yet
};

static void every_operation_is_read(void **state) {
    (void)state;
    struct buffer packet;
    buffer_init(&packet);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        compose(&packet, rows[i].operation, rows[i].elements, rows[i].message);
        assert_true(read(buffer_str(&packet)));
        assert_int_equal(control.is_message, rows[i].to != NULL);
        if (rows[i].to) {
            assert_true(str_is(control.to, rows[i].to));
            assert_true(str_equal(control.message, hello));
            assert_true(control.message.at + control.message.length == exact + packet.length);
            assert_int_equal(control.pid != NULL, rows[i].to[0] == '\0');
        }
        if (control.pid) {
            assert_true(str_equal(control.pid->node, ours.node));
            assert_int_equal(control.pid->id, 1);
            assert_int_equal(control.pid->serial, 0);
            assert_int_equal(control.pid->creation, 9);
        }
    }
    buffer_finish(&packet);
}

static void sends_of_another_shape_are_no_control_messages(void **state) {
    (void)state;
    static const struct row wrong[] = {
            {2, "O", true, NULL},   // too short
            {2, "uOO", true, NULL}, // too long
            {2, "un", true, NULL},  // not a pid
            {2, "uO", false, NULL}, // no message
            {6, "TuO", true, NULL}, // not a name
            {6, "Tn", true, NULL},
            {12, "uO", true, NULL},
            {16, "Tun", true, NULL},
            {22, "TOi", true, NULL},
            {23, "TO", true, NULL},
            {6, "Tunti", true, NULL},
    };
    struct buffer packet;
    buffer_init(&packet);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        compose(&packet, wrong[i].operation, wrong[i].elements, wrong[i].message);
        assert_false(read(buffer_str(&packet)));
        assert_int_equal(error.code, ERROR_NOT_A_BEAM);
    }
    buffer_finish(&packet);
}

static void every_truncated_send_fails(void **state) {
    (void)state;
    struct buffer packet;
    buffer_init(&packet);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!rows[i].to) {
            continue;
        }
        compose(&packet, rows[i].operation, rows[i].elements, true);
        size_t complete = packet.length - hello.length + 2; // the message itself is not looked into
        for (size_t length = 0; length < complete; length++) {
            assert_false(read((struct str){packet.at, length}));
            assert_int_equal(error.code, ERROR_NOT_A_BEAM);
            assert_false(control.is_message);
        }
    }
    buffer_finish(&packet);
}

static void message_for_the_empty_name_is_for_nobody(void **state) {
    (void)state;
    struct buffer packet;
    buffer_init(&packet);
    compose(&packet, 6, "Tuu", true);
    assert_true(read(buffer_str(&packet)));
    assert_false(control.is_message);
    buffer_finish(&packet);
}

static void contents_of_other_operations_are_not_looked_at(void **state) {
    (void)state;
    // {8, <malformed>}: a reason that no decoder reads must not end the connection.
    assert_true(read(STR("\x70\x83h\4a\x08\xff\xff\xff\xff")));
    assert_false(control.is_message);
}

static void other_headers_are_not_a_beam(void **state) {
    (void)state;
    static const struct str packets[] = {
            {"\x83\x44\0", 3},           // a distribution header
            {"\x83\x45\0\0\0\0\0\0", 8}, // the first fragment of one
            {"HTTP/1.1 200 OK", 15},
            {"\x70\x83h\0", 4},
            {"\x70\x83h\0aaaaa", 9},
            {"\x70\x83h\1b\0\0\0\2", 9}, // the operation is no SMALL_INTEGER_EXT
            {"\x70\x84h\1a\2", 6},
            {"\x70\x83l\1a\2", 6},
            {"\x70", 1},
            {"\0\0\0\0\0\0", 6},
    };
    for (size_t i = 0; i < sizeof packets / sizeof packets[0]; i++) {
        assert_false(read(packets[i]));
        assert_int_equal(error.code, ERROR_NOT_A_BEAM);
    }
}

static void packets_we_write_have_erts_form(void **state) {
    (void)state;
    static const char to_pid[] = "\0\0\0\x2C\x70\x83h\3a\2w\0Xw\x0Arabbit@box\0\0\0\x58\0\0\0\2"
                                 "\0\0\0\7\x83m\0\0\0\5hello";
    static const char to_name[] = "\0\0\0\x3B\x70\x83h\4a\6Xw\x0Ewhitebeam@here\0\0\0\1\0\0\0\0"
                                  "\0\0\0\x09w\0w\x09whitebeam\x83m\0\0\0\5hello";
    struct buffer out;
    buffer_init(&out);
    control_send(&out, &theirs, hello);
    assert_int_equal(out.length, sizeof to_pid - 1);
    assert_memory_equal(out.at, to_pid, out.length);
    size_t first = out.length;
    control_send_name(&out, &ours, STR("whitebeam"), hello);
    assert_int_equal(out.length - first, sizeof to_name - 1);
    assert_memory_equal(out.at + first, to_name, out.length - first);
    buffer_finish(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(every_operation_is_read),
            TEST(sends_of_another_shape_are_no_control_messages),
            TEST(every_truncated_send_fails),
            TEST(message_for_the_empty_name_is_for_nobody),
            TEST(contents_of_other_operations_are_not_looked_at),
            TEST(other_headers_are_not_a_beam),
            TEST(packets_we_write_have_erts_form),
    };
    return cmocka_run_group_tests_name("link_control", tests, NULL, NULL);
}
