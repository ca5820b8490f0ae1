// What is said of an operation is in its row.
#include "command/help.h"

#include "command/command.h"
#include "command/ending.h"
#include "command/nearest.h"
#include "command/options.h"
#include "command/show.h"
#include "command/words.h"
#include "operations/example.h"

#include <ctype.h>
#include <stdlib.h>

#define NAME_MOST 28u

static const char start_text[] =
        "Whitebeam lets you see and steer the supervision trees of running BEAM systems.\n"
        "\n"
        "  whitebeam serve --attach rabbit@host --cookie-file ~/.erlang.cookie\n"
        "      attach a running node and serve the API; nothing is installed there\n"
        "  whitebeam demo\n"
        "      start a playground and attach it\n"
        "\n"
        "Flags of serve and demo:\n";

static const char client_text[] =
        "\n"
        "When it is ready, one line on standard output says where: whitebeam ready URL.\n"
        "The URL logs a browser in, once, within ten minutes.\n"
        "\n"
        "Asking the running daemon:\n"
        "  whitebeam OPERATION [REQUIRED...] [--argument VALUE]...\n"
        "      for example: whitebeam list-processes --sort memory --per-page 10\n"
        "  whitebeam operations [--group GROUP] [WORD]   which operations there are\n"
        "  whitebeam help OPERATION                      what one does, and its arguments\n"
        "  whitebeam login [--state DIR]                 another login URL\n"
        "  whitebeam completion bash|zsh|fish            completions for a shell\n"
        "  whitebeam help, whitebeam version\n"
        "\n"
        "Names may be written with dashes. @FILE stands for what a file holds, - for\n"
        "standard input. Arguments of an operation go before flags of the same name; such\n"
        "flags stand before the operation then.\n";

static const char endings_text[] =
        "Exit status: 0 good, 1 refused by the daemon, 2 the words of the command line\n"
        "are wrong, 3 no daemon, 4 the daemon or the node failed.\n";

struct page {
    struct screen screen;
    struct arena arena;
    struct buffer text;
    struct show show;
};

static void page_begin(struct page *page) {
    screen_init(&page->screen, stdout);
    arena_init(&page->arena);
    buffer_init(&page->text);
    page->show = (struct show){&page->screen, &page->arena, &page->text, NULL};
}

static int page_end(struct page *page) {
    fwrite(page->text.at, 1, page->text.length, stdout);
    bool good = fflush(stdout) == 0 && !ferror(stdout);
    buffer_finish(&page->text);
    arena_finish(&page->arena);
    return good ? ENDING_GOOD : ENDING_FAILED;
}

static void put(struct page *page, const char *text, enum tone tone) {
    screen_put(&page->screen, &page->text, str_of(text), tone);
}

// A name, and what it means beside it or, if the name is long, below.
static void put_entry(struct page *page, struct str name, size_t width, const char *text) {
    size_t its = screen_width(&page->screen, name);
    put(page, "  ", TONE_PLAIN);
    screen_put(&page->screen, &page->text, name, TONE_HEAD);
    if (its > width) {
        buffer_add_u8(&page->text, '\n');
    }
    screen_pad(&page->text, its > width ? width + 4 : width - its + 2);
    show_text(&page->show, str_of(text), width + 4, TONE_PLAIN);
}

// ---- one operation ---------------------------------------------------------------------------

// What an argument takes: "PID", "1 … 200", "asc|desc".
static void add_values(struct page *page, struct buffer *out, const struct argument *argument) {
    const char *dots = page->screen.unicode ? "…" : "...";
    switch (argument->type) {
    case ARGUMENT_INTEGER:
        buffer_printf(out, " %lld%s%lld", (long long)argument->minimum, dots,
                (long long)argument->maximum);
        return;
    case ARGUMENT_BOOLEAN:
        return;
    case ARGUMENT_CHOICE:
    case ARGUMENT_CHOICES:
        buffer_printf(out, " %s", strlen(argument->choices) < 24 ? argument->choices : "CHOICE");
        return;
    case ARGUMENT_TEXT:
    case ARGUMENT_PATTERN:
    case ARGUMENT_PROCESS:
    case ARGUMENT_SUPERVISOR:
    case ARGUMENT_NODE:
    case ARGUMENT_ATOM:
    case ARGUMENT_TERM:
    case ARGUMENT_CHILD_SPEC:
    case ARGUMENT_TEXTS:
    case ARGUMENT_PROCESSES:
        buffer_add_u8(out, ' ');
        for (const char *at = argument_type_name(argument->type); *at != '\0'; at++) {
            buffer_add_u8(out, *at == '_' ? '-' : (uint8_t)(*at & ~0x20));
        }
        return;
    }
}

static void put_argument(struct page *page, const struct argument *argument) {
    struct buffer name;
    struct buffer text;
    buffer_init(&name);
    buffer_init(&text);
    buffer_add_text(&name, "--");
    words_dashed(&name, argument->name);
    add_values(page, &name, argument);
    buffer_add_text(&text, argument->summary);
    bool choice = argument->type == ARGUMENT_CHOICE || argument->type == ARGUMENT_CHOICES;
    if (choice && strlen(argument->choices) >= 24) {
        buffer_add_text(&text, " One of ");
        for (const char *at = argument->choices; *at != '\0'; at++) {
            buffer_add_text(&text, *at == '|' ? ", " : (char[]){*at, '\0'});
        }
        buffer_add_u8(&text, '.');
    }
    if (argument->required) {
        buffer_add_text(&text, " Required.");
    } else if (argument->fallback != NULL && argument->type != ARGUMENT_BOOLEAN) {
        buffer_printf(&text, " Without it: %s.", argument->fallback);
    }
    if (argument->secret) {
        buffer_add_text(&text, " A secret: only from a file or standard input.");
    }
    buffer_add_u8(&text, '\0');
    put_entry(page, buffer_str(&name), NAME_MOST, text.at);
    buffer_finish(&name);
    buffer_finish(&text);
}

static void put_arguments(struct page *page, const struct operation *operation) {
    if (operation->arguments[0].name == NULL) {
        return;
    }
    put(page, "\nArguments:\n", TONE_PLAIN);
    for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
        if (a->required) {
            put_argument(page, a);
        }
    }
    for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
        if (!a->required) {
            put_argument(page, a);
        }
    }
}

static void put_flag(
        struct page *page, const char *name, const char *value, const char *summary, size_t width) {
    struct str whole =
            arena_printf(&page->arena, "--%s%s%s", name, value ? " " : "", value ? value : "");
    put_entry(page, whole, width, summary);
}

static void put_flags(struct page *page, const struct operation *operation) {
    put(page, "\nFlags:\n", TONE_PLAIN);
    for (const struct word_flag *flag = word_flags; flag->name != NULL; flag++) {
        bool hidden = operation_argument(operation, str_of(flag->name)) != NULL;
        struct str summary = arena_printf(&page->arena, "%s%s", flag->summary,
                hidden ? " Before the operation: it has an argument of this name." : "");
        if (word_flag_fits(flag, operation)) {
            put_flag(page, flag->name, flag->value, summary.at, NAME_MOST);
        }
    }
}

static void put_paragraph(struct page *page, const char *title, const char *text) {
    if (text != NULL) {
        struct str whole = arena_printf(&page->arena, "%s%s", title, text);
        buffer_add_u8(&page->text, '\n');
        show_text(&page->show, whole, 0, TONE_PLAIN);
    }
}

static void put_routes(struct page *page, const struct operation *operation) {
    put(page, "\nOver HTTP:\n", TONE_PLAIN);
    for (size_t r = 0; r < OPERATION_ROUTES && operation->routes[r].method != NULL; r++) {
        buffer_printf(
                &page->text, "  %s %s\n", operation->routes[r].method, operation->routes[r].path);
    }
    if (operation->group != NULL) {
        buffer_printf(&page->text, "  POST /api/v1/operations/%s\n", operation->name);
    }
}

static void put_next(struct page *page, const struct operation *operation) {
    if (operation->next == NULL) {
        return;
    }
    struct buffer text;
    buffer_init(&text);
    for (const char *at = operation->next; *at != '\0'; at++) {
        buffer_add_text(&text, *at == '|' ? ", " : (char[]){*at, '\0'});
    }
    buffer_add_u8(&text, '\0');
    put_paragraph(page, "Next: ", text.at);
    buffer_finish(&text);
}

static void put_operation(struct page *page, const struct operation *operation) {
    static const char *const effects[] = {[EFFECT_NONE] = "answered from what the daemon knows",
            [EFFECT_READ] = "asks the node and changes nothing there",
            [EFFECT_CHANGE] = "changes something, and can be undone",
            [EFFECT_DESTROY] = "cannot be undone"};
    struct str title = arena_printf(&page->arena, "%s: %s", operation->name, operation->summary);
    show_text(&page->show, title, 2, TONE_HEAD);
    put(page, "\n  ", TONE_PLAIN);
    words_usage(&page->text, operation);
    put(page, "\n  ", TONE_PLAIN);
    example_command(&page->text, operation);
    buffer_add_u8(&page->text, '\n');
    put_paragraph(page, "To know: ", operation->honest);
    put_arguments(page, operation);
    put_flags(page, operation);
    put_paragraph(page, "OTP: ", operation->teaches);
    put_paragraph(page, "Behind it: ", operation->functions);
    struct str rights = arena_printf(&page->arena, "%s. Permission: %s. Rate class: %s.",
            effects[operation->effect], permission_name(operation->permission),
            rate_name(operation->rate));
    put_paragraph(page, "Effect: ", rights.at);
    put_routes(page, operation);
    put_next(page, operation);
}

// ---- the program -----------------------------------------------------------------------------

static void put_program(struct page *page) {
    const char *groups[GROUPS_MOST];
    size_t count = operation_groups(groups);
    struct buffer text;
    buffer_add_text(&page->text, start_text);
    for (const struct option_flag *flag = option_flags; flag->name != NULL; flag++) {
        put_flag(page, flag->name, flag->value, flag->summary, 22);
    }
    buffer_add_text(&page->text, client_text);
    put(page, "\nFlags of operations:\n", TONE_PLAIN);
    for (const struct word_flag *flag = word_flags; flag->name != NULL; flag++) {
        put_flag(page, flag->name, flag->value, flag->summary, 22);
    }
    buffer_init(&text);
    buffer_printf(&text, "%zu operations in %zu groups: ", operation_count(), count);
    for (size_t i = 0; i < count; i++) {
        buffer_printf(&text, "%s%s", i > 0 ? ", " : "", groups[i]);
    }
    buffer_add_text(&text, ".\n");
    buffer_add_u8(&page->text, '\n');
    text.length--;
    show_text(&page->show, buffer_str(&text), 0, TONE_PLAIN);
    buffer_finish(&text);
    buffer_add_u8(&page->text, '\n');
    buffer_add_text(&page->text, endings_text);
}

int help_print(const struct operation *operation) {
    struct page page;
    page_begin(&page);
    if (operation != NULL) {
        put_operation(&page, operation);
    } else {
        put_program(&page);
    }
    return page_end(&page);
}

static bool is_command(const char *word) {
    size_t i = 0;
    while (command_name(i) != NULL && strcmp(word, command_name(i)) != 0) {
        i++;
    }
    return command_name(i) != NULL;
}

int help_run(int argc, char **argv) {
    struct asked asked;
    struct error error;
    if (argc < 3 || is_command(argv[2])) { // what is said of the commands is on one page
        return help_print(NULL);
    }
    char *words[] = {argv[0], argv[2], "--help", NULL};
    int result = ENDING_USAGE;
    if (words_read(&asked, 3, words, &error)) {
        result = help_print(asked.operation);
    } else {
        fprintf(stderr, "whitebeam: %s\n", error.message);
    }
    words_finish(&asked);
    return result;
}

// ---- all operations --------------------------------------------------------------------------

struct selection {
    const char *group; // NULL: all
    const char *word;  // NULL: all
};

static bool contains(const char *text, const char *word) {
    return text != NULL && strcasestr(text, word) != NULL;
}

// "Process Lifecycle" is also process-lifecycle.
static bool is_group(const char *group, const char *word) {
    while (*group != '\0' && *word != '\0') {
        bool gap = *group == ' ' && strchr("-_ ", *word) != NULL;
        if (!gap && tolower((unsigned char)*group) != tolower((unsigned char)*word)) {
            return false;
        }
        group++;
        word++;
    }
    return *group == *word;
}

static bool is_selected(const struct selection *selection, const struct operation *operation) {
    const char *word = selection->word;
    return (selection->group == NULL || is_group(operation_group(operation), selection->group)) &&
           (word == NULL || contains(operation->name, word) || contains(operation->summary, word) ||
                   contains(operation->functions, word));
}

static bool is_in(
        const struct operation *operation, const char *group, const struct selection *selection) {
    return strcmp(operation_group(operation), group) == 0 && is_selected(selection, operation);
}

static size_t put_group(struct page *page, const struct selection *selection, const char *group) {
    size_t widest = 0;
    size_t found = 0;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        if (is_in(operation, group, selection)) {
            widest = strlen(operation->name) > widest ? strlen(operation->name) : widest;
            found++;
        }
    }
    if (found == 0) {
        return 0;
    }
    buffer_add_text(&page->text, page->text.length > 0 ? "\n" : "");
    put(page, group, TONE_HEAD);
    buffer_add_u8(&page->text, '\n');
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        if (is_in(operation, group, selection)) {
            put(page, "  ", TONE_PLAIN);
            put(page, operation->name, TONE_PLAIN);
            screen_pad(&page->text, widest - strlen(operation->name) + 2);
            show_text(&page->show, str_of(operation->summary), widest + 4, TONE_PLAIN);
        }
    }
    return found;
}

static bool read_selection(
        struct selection *selection, int argc, char **argv, struct error *error) {
    for (int i = 2; i < argc; i++) {
        if (strncmp(argv[i], "--group=", 8) == 0) {
            selection->group = argv[i] + 8;
        } else if (strcmp(argv[i], "--group") == 0 && i + 1 < argc) {
            selection->group = argv[++i];
        } else if (argv[i][0] != '-' && selection->word == NULL) {
            selection->word = argv[i];
        } else {
            return error_set(error, ERROR_INVALID_PARAMETER,
                    "'%.80s' is not understood; it is `whitebeam operations [--group GROUP] "
                    "[WORD]`",
                    argv[i]);
        }
    }
    return true;
}

static bool check_group(const struct selection *selection, struct error *error) {
    const char *groups[GROUPS_MOST];
    size_t count = operation_groups(groups);
    struct buffer message;
    for (size_t i = 0; i < count; i++) {
        if (selection->group == NULL || is_group(groups[i], selection->group)) {
            return true;
        }
    }
    buffer_init(&message);
    buffer_printf(&message, "there is no group '%.80s'", selection->group);
    nearest_say(&message, str_of(selection->group), "", groups, count);
    error_set(error, ERROR_INVALID_PARAMETER, "%.*s", STR_ARGS(buffer_str(&message)));
    buffer_finish(&message);
    return false;
}

int help_operations(int argc, char **argv) {
    struct selection selection = {NULL, NULL};
    const char *groups[GROUPS_MOST];
    struct error error;
    struct page page;
    size_t found = 0;
    if (!read_selection(&selection, argc, argv, &error) || !check_group(&selection, &error)) {
        fprintf(stderr, "whitebeam: %s\n", error.message);
        return ENDING_USAGE;
    }
    page_begin(&page);
    size_t count = operation_groups(groups);
    for (size_t i = 0; i < count; i++) {
        found += put_group(&page, &selection, groups[i]);
    }
    int result = page_end(&page);
    if (found == 0) {
        fprintf(stderr, "whitebeam: no operation has '%.80s' in it\n", selection.word);
        return ENDING_USAGE;
    }
    return result;
}
