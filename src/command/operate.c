// Asking, the question before what cannot be undone, and what is printed where.
#include "command/operate.h"

#include "command/arrange.h"
#include "command/ending.h"
#include "command/help.h"
#include "command/request.h"
#include "command/show.h"
#include "command/wording.h"

#include <stdlib.h>
#include <unistd.h>

static int usage(const struct error *error) {
    fprintf(stderr, "whitebeam: %s\n", error->message);
    return ENDING_USAGE;
}

static int no_daemon(const struct error *error) {
    fprintf(stderr, "whitebeam: %s\n", error->message);
    return ENDING_NO_DAEMON;
}

static enum ending ending_of(const struct client_answer *answer) {
    return answer->status >= 200 && answer->status < 300   ? ENDING_GOOD
           : answer->status >= 400 && answer->status < 500 ? ENDING_REFUSED
                                                           : ENDING_FAILED;
}

// ---- output ----------------------------------------------------------------------------------

static int write_out(FILE *file, struct str text, enum ending ending) {
    fwrite(text.at ? text.at : "", 1, text.length, file);
    if (fflush(file) != 0 || ferror(file)) {
        perror("whitebeam: the answer cannot be written");
        return ENDING_FAILED;
    }
    return (int)ending;
}

static int print_json(const struct client_answer *answer, enum ending ending) {
    struct buffer text;
    buffer_init(&text);
    buffer_add_str(&text, buffer_str(&answer->body));
    if (text.length > 0 && text.at[text.length - 1] != '\n') {
        buffer_add_u8(&text, '\n');
    }
    int result = write_out(ending == ENDING_GOOD ? stdout : stderr, buffer_str(&text), ending);
    buffer_finish(&text);
    return result;
}

// A place where an answer is put together, for one of the two outputs.
struct output {
    struct screen screen;
    struct arena arena;
    struct buffer text;
    struct show show;
};

static void output_begin(struct output *output, FILE *file) {
    screen_init(&output->screen, file);
    arena_init(&output->arena);
    buffer_init(&output->text);
    output->show = (struct show){&output->screen, &output->arena, &output->text, NULL};
}

static void output_end(struct output *output) {
    buffer_finish(&output->text);
    arena_finish(&output->arena);
}

// The message, then the details: the field, what is closest, what there is.
static int print_error(const struct client_answer *answer, enum ending ending) {
    struct output output;
    const json_t *error = json_object_get(answer->json, "error");
    const json_t *details = json_object_get(error, "details");
    const char *message = json_string_value(json_object_get(error, "message"));
    const char *code = json_string_value(json_object_get(error, "code"));
    output_begin(&output, stderr);
    struct buffer text;
    buffer_init(&text);
    buffer_add_text(&text, "whitebeam: ");
    if (message != NULL && code != NULL) {
        wording_add(&text, message);
        buffer_printf(&text, " (%s)", code);
    } else {
        buffer_printf(&text, "the daemon answered %d, in an unknown form", answer->status);
    }
    show_text(&output.show, screen_line(&output.screen, &output.arena, buffer_str(&text)), 2,
            TONE_BAD);
    buffer_finish(&text);
    if (json_object_size(details) > 0) {
        show_value(&output.show, details, 2);
    }
    int result = write_out(stderr, buffer_str(&output.text), ending);
    output_end(&output);
    return result;
}

// ---- what is said about an answer ------------------------------------------------------------

static json_int_t count_at(const json_t *meta, const char *member) {
    return json_integer_value(json_object_get(meta, member));
}

static void add_part(struct buffer *text, const char *part) {
    buffer_printf(text, "%s%s", text->length > 0 ? ", " : "", part);
}

// Which rows these are, of which node, and when they were read. Told to people, and to everybody
// when there are more.
static void print_meta(const struct asked *asked, const json_t *answer) {
    const json_t *meta = json_object_get(answer, "meta");
    size_t rows = json_array_size(json_object_get(answer, "data"));
    bool more = json_is_true(json_object_get(meta, "has_next"));
    const char *node = json_string_value(json_object_get(meta, "node"));
    const char *as_of = json_string_value(json_object_get(meta, "as_of"));
    struct output output;
    output_begin(&output, stderr);
    struct buffer text;
    buffer_init(&text);
    if (!asked->operation->list || (!more && !isatty(STDERR_FILENO))) {
        node = as_of = NULL;
    } else if (more || count_at(meta, "page") > 1) {
        json_int_t first = (count_at(meta, "page") - 1) * count_at(meta, "per_page") + 1;
        buffer_printf(&text, "rows %lld to %lld of %lld", (long long)first,
                (long long)first + (long long)rows - 1, (long long)count_at(meta, "total"));
    } else {
        buffer_printf(&text, "%zu row%s", rows, rows == 1 ? "" : "s");
    }
    if (node != NULL) {
        add_part(&text, arena_printf(&output.arena, "node %s", node).at);
    }
    if (as_of != NULL) {
        add_part(&text, arena_printf(&output.arena, "as of %s", as_of).at);
    }
    if (more) {
        buffer_printf(&text, "; --page %lld has the next, --all has all",
                (long long)count_at(meta, "page") + 1);
    }
    if (text.length > 0) {
        show_text(&output.show, screen_line(&output.screen, &output.arena, buffer_str(&text)), 0,
                TONE_DIM);
        write_out(stderr, buffer_str(&output.text), ENDING_GOOD);
    }
    buffer_finish(&text);
    output_end(&output);
}

// Some answers tell of what would be in the words of what is.
static bool is_rehearsal(const struct asked *asked, const json_t *data) {
    return json_is_true(json_object_get(asked->arguments, "dry_run")) ||
           json_is_true(json_object_get(data, "dry_run"));
}

static bool show_answer(struct output *output, const struct asked *asked, const json_t *answer,
        struct error *error) {
    const struct operation *operation = asked->operation;
    const json_t *explanation = json_object_get(answer, "explanation");
    json_t *data =
            arrange_reply(operation, operation->bare ? answer : json_object_get(answer, "data"));
    bool good = true;
    output->show.sort = json_string_value(json_object_get(asked->arguments, "sort"));
    if (is_rehearsal(asked, data)) {
        buffer_add_text(&output->text, "dry run: nothing was done\n");
    }
    if (operation->list && json_array_size(data) == 0) {
        buffer_add_text(&output->text, "none\n");
    } else if (operation->list) {
        good = show_list(&output->show, data, asked->columns, error);
    } else {
        show_value(&output->show, data, 0);
    }
    json_decref(data);
    if (good && explanation != NULL && !operation->bare) {
        buffer_add_u8(&output->text, '\n');
        show_value(&output->show, explanation, 0);
    }
    return good;
}

// A drawing or a document: as it is, but for a terminal, which it must not steer.
static int print_document(const struct client_answer *answer) {
    struct str text = buffer_str(&answer->body);
    if (!isatty(STDOUT_FILENO) || text.length == 0) {
        return write_out(stdout, text, ENDING_GOOD);
    }
    if (memchr(text.at, '\0', text.length) != NULL) {
        fputs("whitebeam: the answer is not text; send it to a file with > FILE\n", stderr);
        return ENDING_USAGE;
    }
    struct output output;
    output_begin(&output, stdout);
    int result = write_out(stdout, screen_lines(&output.screen, &output.arena, text), ENDING_GOOD);
    output_end(&output);
    return result;
}

static int print_answer(const struct asked *asked, const struct client_answer *answer) {
    struct output output;
    struct error error;
    if (answer->body.length == 0) {
        return write_out(stdout, STR("done\n"), ENDING_GOOD);
    }
    if (answer->json == NULL) {
        return print_document(answer);
    }
    output_begin(&output, stdout);
    int result = show_answer(&output, asked, answer->json, &error)
                         ? write_out(stdout, buffer_str(&output.text), ENDING_GOOD)
                         : usage(&error);
    output_end(&output);
    if (result == ENDING_GOOD) {
        print_meta(asked, answer->json);
    }
    return result;
}

static int print_any(const struct asked *asked, const struct client_answer *answer) {
    enum ending ending = ending_of(answer);
    return asked->json             ? print_json(answer, ending)
           : ending == ENDING_GOOD ? print_answer(asked, answer)
                                   : print_error(answer, ending);
}

// ---- the question ----------------------------------------------------------------------------

static bool needs_a_yes(const struct asked *asked) {
    return asked->operation->effect == EFFECT_DESTROY && !asked->yes &&
           !json_is_true(json_object_get(asked->arguments, "dry_run")) && isatty(STDIN_FILENO) &&
           isatty(STDERR_FILENO);
}

// Shows what would happen, where the operation can tell. Anything but ENDING_GOOD ends the command.
static int rehearse(struct client *client, const struct asked *asked) {
    struct client_answer answer;
    struct error error;
    if (operation_argument(asked->operation, STR("dry_run")) == NULL) {
        return ENDING_GOOD;
    }
    json_t *arguments = json_copy(asked->arguments);
    json_object_set_new(arguments, "dry_run", json_true());
    bool good = request_send(client, asked->operation, arguments, &answer, &error);
    json_decref(arguments);
    if (!good) {
        return no_daemon(&error);
    }
    if (ending_of(&answer) == ENDING_GOOD) {
        fputs("What would happen:\n", stderr);
        struct output output;
        output_begin(&output, stderr);
        json_t *data = arrange_reply(asked->operation, json_object_get(answer.json, "data"));
        show_value(&output.show, data, 2);
        json_decref(data);
        write_out(stderr, buffer_str(&output.text), ENDING_GOOD);
        output_end(&output);
    } else {
        print_error(&answer, ending_of(&answer));
    }
    int result = (int)ending_of(&answer);
    client_answer_finish(&answer);
    return result;
}

static bool says_yes(const struct asked *asked) {
    char line[16] = "";
    fprintf(stderr, "%s cannot be undone. Go on? [y/N] ", asked->operation->name);
    if (fgets(line, sizeof line, stdin) == NULL) {
        fputc('\n', stderr);
    }
    line[strcspn(line, "\n")] = '\0';
    return strcmp(line, "y") == 0 || strcmp(line, "Y") == 0 || strcmp(line, "yes") == 0;
}

static int confirm(struct client *client, const struct asked *asked) {
    if (!needs_a_yes(asked)) {
        return ENDING_GOOD;
    }
    int result = rehearse(client, asked);
    if (result == ENDING_GOOD && !says_yes(asked)) {
        fputs("whitebeam: nothing was done\n", stderr);
        return ENDING_REFUSED;
    }
    return result;
}

// ---- all -------------------------------------------------------------------------------------

static int ask(struct client *client, const struct asked *asked) {
    struct client_answer answer;
    struct error error;
    int result = confirm(client, asked);
    if (result != ENDING_GOOD) {
        return result;
    }
    bool good = asked->all
                        ? request_all(client, asked->operation, asked->arguments, &answer, &error)
                        : request_send(client, asked->operation, asked->arguments, &answer, &error);
    if (!good) {
        return no_daemon(&error);
    }
    result = print_any(asked, &answer);
    client_answer_finish(&answer);
    return result;
}

// Flags that are for lists only.
static bool check_flags(const struct asked *asked, struct error *error) {
    const struct operation *operation = asked->operation;
    if (asked->all && (!operation->list || operation_argument(operation, STR("page")) == NULL)) {
        return error_set(error, ERROR_INVALID_PARAMETER, "%s has no pages, so it takes no --all",
                operation->name);
    }
    if (asked->columns != NULL && !operation->list) {
        return error_set(error, ERROR_INVALID_PARAMETER,
                "%s does not answer with a list, so it takes no --columns", operation->name);
    }
    return true;
}

static int run(const struct asked *asked) {
    struct error error;
    if (asked->operation == NULL) {
        fputs("whitebeam: say which operation; `whitebeam operations` lists them\n", stderr);
        return ENDING_USAGE;
    }
    if (!check_flags(asked, &error)) {
        return usage(&error);
    }
    struct client_options options = {asked->state, asked->key_file};
    struct client *client = client_open(&options, &error);
    if (client == NULL) {
        return no_daemon(&error);
    }
    int result = ask(client, asked);
    client_close(client);
    return result;
}

int operate_run(int argc, char **argv) {
    struct asked asked;
    struct error error;
    int result = !words_read(&asked, argc, argv, &error) ? usage(&error)
                 : asked.help                            ? help_print(asked.operation)
                                                         : run(&asked);
    words_finish(&asked);
    return result;
}
