// docs/whitebeam.1: the manual page, in the macros of man(7).
#include "describe.h"

#include "base/version.h"
#include "command/ending.h"
#include "command/options.h"
#include "command/words.h"

#include <ctype.h>

// A character as roff wants it: - is the one of the keyboard.
static void add_character(struct buffer *out, char c) {
    static const struct {
        char c;
        const char *escape;
    } escapes[] = {{'\\', "\\e"}, {'-', "\\-"}, {'^', "\\(ha"}, {'~', "\\(ti"}, {'`', "\\(ga"},
            {'\'', "\\(aq"}};
    for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
        if (c == escapes[i].c) {
            buffer_add_text(out, escapes[i].escape);
            return;
        }
    }
    buffer_add_u8(out, (uint8_t)c);
}

// Text in lines of ordinary length, none of which begins with a point, which would be a command.
static void add_text(struct buffer *out, const char *text) {
    size_t column = 0;
    for (; *text != '\0'; text++) {
        size_t word = strcspn(text + 1, " ");
        if (*text == ' ' && column + word > 75 && column > 0) {
            buffer_add_u8(out, '\n');
            column = 0;
            continue;
        }
        if (column == 0 && *text == '.') {
            buffer_add_text(out, "\\&");
        }
        add_character(out, *text);
        column++;
    }
}

static void add_line(struct buffer *out, const char *text) {
    add_text(out, text);
    buffer_add_u8(out, '\n');
}

static void section(struct buffer *out, const char *name) {
    buffer_printf(out, ".SH \"%s\"\n", name);
}

// An entry of a list of definitions: what stands in bold, then in italics, and what it means.
static void entry(struct buffer *out, const char *bold, const char *italic, const char *meaning) {
    buffer_add_text(out, ".TP\n\\fB");
    add_text(out, bold);
    buffer_add_text(out, "\\fR");
    if (italic != NULL) {
        buffer_add_text(out, " \\fI");
        add_text(out, italic);
        buffer_add_text(out, "\\fR");
    }
    buffer_add_u8(out, '\n');
    add_line(out, meaning);
}

static void flag_entry(
        struct buffer *out, const char *name, const char *value, const char *meaning) {
    struct buffer text;
    struct buffer whole;
    buffer_init(&text);
    buffer_init(&whole);
    buffer_printf(&text, "--%s", name);
    buffer_add_u8(&text, '\0');
    buffer_add_u8(&whole, (uint8_t)toupper((unsigned char)*meaning));
    buffer_add_text(&whole, meaning + 1);
    buffer_add_text(&whole, meaning[strlen(meaning) - 1] == '.' ? "" : ".");
    buffer_add_u8(&whole, '\0');
    entry(out, text.at, value, whole.at);
    buffer_finish(&text);
    buffer_finish(&whole);
}

// ---- what is the program's -------------------------------------------------------------------

static void write_start(struct buffer *out) {
    buffer_add_text(out,
            ".\\\" Written by `make docs` from the table of operations.\n"
            ".TH WHITEBEAM 1 " WHITEBEAM_DATE " \"whitebeam " WHITEBEAM_VERSION
            "\" \"User Commands\"\n"
            ".SH NAME\n"
            "whitebeam \\- see and steer the supervision trees of running BEAM systems\n"
            ".SH SYNOPSIS\n"
            ".nf\n"
            "\\fBwhitebeam serve\\fR [\\fB\\-\\-attach\\fR \\fINAME@HOST\\fR "
            "\\fB\\-\\-cookie\\-file\\fR \\fIFILE\\fR] [\\fIFLAG\\fR]...\n"
            "\\fBwhitebeam demo\\fR [\\fIFLAG\\fR]...\n"
            "\\fBwhitebeam\\fR \\fIOPERATION\\fR [\\fIREQUIRED\\fR]... "
            "[\\fB\\-\\-\\fIargument\\fR \\fIVALUE\\fR]... [\\fIFLAG\\fR]...\n"
            "\\fBwhitebeam operations\\fR [\\fB\\-\\-group\\fR \\fIGROUP\\fR] [\\fIWORD\\fR]\n"
            "\\fBwhitebeam help\\fR [\\fIOPERATION\\fR]\n"
            "\\fBwhitebeam login\\fR [\\fB\\-\\-state\\fR \\fIDIR\\fR]\n"
            "\\fBwhitebeam completion bash\\fR|\\fBzsh\\fR|\\fBfish\\fR\n"
            "\\fBwhitebeam version\\fR\n"
            ".fi\n");
    section(out, "DESCRIPTION");
    add_line(out, "Whitebeam shows the processes and supervision trees of running Erlang and "
                  "Elixir systems and lets one act on them. \"whitebeam serve\" is a daemon that "
                  "joins nodes as a hidden node and serves a page and a REST API; nothing is "
                  "installed on the nodes. \"whitebeam demo\" does the same for a playground that "
                  "it starts itself. Every other use asks the running daemon.");
}

static void write_commands(struct buffer *out) {
    section(out, "COMMANDS");
    entry(out, "serve", NULL, "Attach nodes and serve the API, until SIGTERM or SIGINT.");
    entry(out, "demo", NULL, "The same with a playground, in a jail where the system has one.");
    entry(out, "OPERATION", NULL, "Ask the running daemon for an operation, and show its answer.");
    entry(out, "operations", NULL,
            "List the operations by groups: all, those of a group, or those with a word in them.");
    entry(out, "help", NULL, "Explain the program or an operation.");
    entry(out, "login", NULL, "Print an address that logs a browser in, once, within ten minutes.");
    entry(out, "completion", NULL, "Print the completions for a shell.");
    section(out, "FLAGS OF SERVE AND DEMO");
    for (const struct option_flag *flag = option_flags; flag->name != NULL; flag++) {
        flag_entry(out, flag->name, flag->value, flag->summary);
    }
    section(out, "FLAGS OF OPERATIONS");
    for (const struct word_flag *flag = word_flags; flag->name != NULL; flag++) {
        flag_entry(out, flag->name, flag->value, flag->summary);
    }
}

static void write_arguments(struct buffer *out) {
    section(out, "ARGUMENTS");
    add_line(out, "Names of operations and arguments may be written with dashes or underscores. "
                  "Required arguments may be given without their names, in the order in which "
                  "\"whitebeam help\" has them; the last one takes all words that are left if it "
                  "is a list. A boolean alone is true, and --no-NAME is false. A list is given "
                  "with commas or several times.");
    buffer_add_text(out, ".PP\n");
    add_line(out, "The value @FILE is what a file holds, - what standard input holds, and @@TEXT "
                  "the text @TEXT; an end of line at the end is left out. Secrets are taken in "
                  "these ways only: other users can see the words of a command.");
    buffer_add_text(out, ".PP\n");
    add_line(out, "Terms are written as in Elixir; with --format erlang as in Erlang, with "
                  "--format json in the form that docs/terms.md describes. Pids are "
                  "#PID<0.123.0>, <0.123.0> or 0.123.0.");
    buffer_add_text(out, ".PP\n");
    add_line(out, "An argument of the operation goes before a flag of the same name; such a flag "
                  "stands before the operation then.");
}

// ---- operations ------------------------------------------------------------------------------

static void add_upper(struct buffer *out, const char *text) {
    for (; *text != '\0'; text++) {
        buffer_add_u8(out, (uint8_t)toupper((unsigned char)*text));
    }
}

static void write_operation(struct buffer *out, const struct operation *operation) {
    struct buffer places;
    buffer_init(&places);
    for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
        if (a->required) {
            buffer_add_text(&places, places.length > 0 ? " " : "");
            add_upper(&places, a->name);
        }
    }
    buffer_add_u8(&places, '\0');
    entry(out, operation->name, places.length > 1 ? places.at : NULL, operation->summary);
    buffer_finish(&places);
}

static void write_operations(struct buffer *out) {
    const char *groups[GROUPS_MOST];
    size_t count = operation_groups(groups);
    section(out, "OPERATIONS");
    add_line(out, "What each takes and honestly means is told by \"whitebeam help OPERATION\".");
    for (size_t g = 0; g < count; g++) {
        buffer_printf(out, ".SS \"%s\"\n", groups[g]);
        for (size_t i = 0; i < operation_count(); i++) {
            if (strcmp(operation_group(operation_at(i)), groups[g]) == 0) {
                write_operation(out, operation_at(i));
            }
        }
    }
}

// ---- the rest --------------------------------------------------------------------------------

static void write_output(struct buffer *out) {
    section(out, "OUTPUT");
    add_line(out, "A list is a table of the columns that say most and fit; other answers are lines "
                  "of names and values, and supervision trees are drawn. Bytes and times have "
                  "units, and what is not known is a dash. With --json the answer is printed as it "
                  "came. What is said about an answer, and errors, go to standard error.");
    buffer_add_text(out, ".PP\n");
    add_line(out, "On a terminal, operations that cannot be undone show what would happen and ask "
                  "before they do it, unless --yes is given.");
    static const struct {
        enum ending ending;
        const char *meaning;
    } endings[] = {
            {ENDING_GOOD, "Good."},
            {ENDING_REFUSED, "Refused by the daemon (HTTP status 4xx), or at the question whether "
                             "to go on. For serve and demo: something failed."},
            {ENDING_USAGE, "The words of the command line are wrong."},
            {ENDING_NO_DAEMON, "No daemon runs there, or it cannot be reached."},
            {ENDING_FAILED, "The daemon or the node failed (5xx)."},
    };
    section(out, "EXIT STATUS");
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char digit[2] = {(char)('0' + endings[i].ending), '\0'};
        entry(out, digit, NULL, endings[i].meaning);
    }
}

static void write_end(struct buffer *out) {
    section(out, "ENVIRONMENT");
    entry(out, "XDG_STATE_HOME", NULL,
            "Where the state directory is kept; ~/.local/state without it.");
    entry(out, "NO_COLOR", NULL, "If it is not empty, no colours are used.");
    entry(out, "COLUMNS", NULL,
            "The width of the output where that is not a terminal; without it lines have no end.");
    section(out, "FILES");
    entry(out, "~/.local/state/whitebeam", NULL,
            "State directory of serve; with -demo behind it, that of demo. admin.key in it has the "
            "first API key, daemon.json the address of the running daemon.");
    section(out, "EXAMPLES");
    buffer_add_text(out,
            ".nf\n"
            "whitebeam serve \\-\\-attach rabbit@queue1 \\-\\-cookie\\-file \\(ti/.erlang.cookie\n"
            "whitebeam list\\-processes \\-\\-sort memory \\-\\-per\\-page 10\n"
            "whitebeam build\\-supervision\\-tree DemoSupervisor\n"
            "whitebeam get\\-process counter_1 \\-\\-include links,stack_trace \\-\\-json\n"
            "whitebeam exit\\-process counter_1 \\-\\-dry\\-run\n"
            ".fi\n");
    section(out, "SEE ALSO");
    buffer_add_text(out, ".BR erl (1),\n.BR elixir (1),\n.BR epmd (1)\n");
}

void describe_manual(struct buffer *out) {
    write_start(out);
    write_commands(out);
    write_arguments(out);
    write_operations(out);
    write_output(out);
    write_end(out);
}
