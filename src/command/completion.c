// The scripts hold the whole table, so that a shell needs no daemon to complete.
#include "command/completion.h"

#include "command/command.h"
#include "command/ending.h"
#include "command/options.h"
#include "command/words.h"
#include "operations/operation.h"

#include <ctype.h>
#include <stdio.h>

static bool has_choices(const struct argument *argument) {
    return argument->type == ARGUMENT_CHOICE || argument->type == ARGUMENT_CHOICES;
}

static bool is_plain_flag(const struct argument *argument) {
    return argument->type == ARGUMENT_BOOLEAN;
}

// "a|b|c" with another separator.
static void add_choices(struct buffer *out, const char *choices, char separator) {
    for (const char *at = choices; *at != '\0'; at++) {
        buffer_add_u8(out, (uint8_t)(*at == '|' ? separator : *at));
    }
}

// In a form without spaces, which `operations --group` understands.
static void add_groups(struct buffer *out) {
    const char *groups[GROUPS_MOST];
    size_t count = operation_groups(groups);
    for (size_t i = 0; i < count; i++) {
        buffer_add_text(out, i > 0 ? " " : "");
        for (const char *at = groups[i]; *at != '\0'; at++) {
            buffer_add_u8(out, *at == ' ' ? '-' : (uint8_t)tolower((unsigned char)*at));
        }
    }
}

// Between single quotes of a shell, where `escape` is what a quote inside them becomes, and a
// colon gets a backslash if it separates.
static void add_quoted(struct buffer *out, const char *text, const char *escape, bool colons) {
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            buffer_add_text(out, escape);
        } else if (colons && strchr(":[]\\", *text) != NULL) {
            buffer_printf(out, "\\%c", *text);
        } else if (!colons && *text == '\\') {
            buffer_add_text(out, "\\\\");
        } else {
            buffer_add_u8(out, (uint8_t)*text);
        }
    }
}

// Flags come in sets: those of every operation, of lists, and of what cannot be undone.
enum flag_set { SET_ALL, SET_LISTS, SET_DESTROYS, SETS };

static const char *const set_names[SETS] = {"flags", "lists", "destroys"};

static enum flag_set set_of(const struct word_flag *flag) {
    return flag->lists ? SET_LISTS : flag->destroys ? SET_DESTROYS : SET_ALL;
}

static bool has_set(const struct operation *operation, enum flag_set set) {
    return set == SET_ALL || (set == SET_LISTS && operation->list) ||
           (set == SET_DESTROYS && operation->effect == EFFECT_DESTROY);
}

// ---- bash ------------------------------------------------------------------------------------

static const char bash_begin[] =
        "# Completion of whitebeam for bash, written by `whitebeam completion bash`:\n"
        "#   source <(whitebeam completion bash)\n"
        "\n"
        "_whitebeam() {\n"
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
        "    local operation= arguments= values= i\n";

static const char bash_find[] =
        "    COMPREPLY=()\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        case ${COMP_WORDS[i]} in\n"
        "        --state | --key-file | --columns) ((i++)) ;;\n"
        "        -*) ;;\n"
        "        *)\n"
        "            operation=${COMP_WORDS[i]//-/_}\n"
        "            break\n"
        "            ;;\n"
        "        esac\n"
        "    done\n"
        "    case $operation in\n"
        "    \"\")\n"
        "        [[ $word == -* ]] || values=\"$commands $operations\"\n"
        "        [[ $word == *-* && $word != -* ]] && values=${operations//_/-}\n"
        "        arguments=$flags\n"
        "        ;;\n"
        "    help) values=$operations ;;\n"
        "    completion) values=\"bash zsh fish\" ;;\n";

static const char bash_end[] = "    case $before in\n"
                               "    --state | --config | --cookie-file | --key-file)\n"
                               "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
                               "        return\n"
                               "        ;;\n"
                               "    esac\n"
                               "    if [[ $word == -* && $operation != help ]]; then\n"
                               "        values=$arguments\n"
                               "    elif [[ $word == @* ]]; then\n"
                               "        COMPREPLY=($(compgen -P @ -f -- \"${word#@}\"))\n"
                               "        return\n"
                               "    fi\n"
                               "    COMPREPLY=($(compgen -W \"$values\" -- \"$word\"))\n"
                               "}\n"
                               "\n"
                               "complete -F _whitebeam whitebeam\n";

static void bash_words(struct buffer *out) {
    buffer_add_text(out, "    local commands=\"");
    for (size_t i = 0; command_name(i) != NULL; i++) {
        buffer_printf(out, "%s%s", i > 0 ? " " : "", command_name(i));
    }
    buffer_add_text(out, "\"\n");
    for (enum flag_set set = 0; set < SETS; set++) {
        buffer_printf(out, "    local %s=\"", set_names[set]);
        for (size_t i = 0; word_flags[i].name != NULL; i++) {
            if (set_of(&word_flags[i]) == set) {
                buffer_printf(out, " --%s", word_flags[i].name);
            }
        }
        buffer_add_text(out, "\"\n");
    }
    buffer_add_text(out, "    local operations=\"\n");
    for (size_t i = 0; i < operation_count(); i++) {
        buffer_printf(out, "        %s\n", operation_at(i)->name);
    }
    buffer_add_text(out, "    \"\n");
}

static void bash_arguments(struct buffer *out) {
    buffer_add_text(out, "    serve | demo | login) arguments=\"");
    for (size_t i = 0; option_flags[i].name != NULL; i++) {
        buffer_printf(out, "%s--%s", i > 0 ? " " : "", option_flags[i].name);
    }
    buffer_add_text(out, "\" ;;\n    operations)\n        arguments=--group\n"
                         "        [[ $before == --group ]] && values=\"");
    add_groups(out);
    buffer_add_text(out, "\"\n        ;;\n");
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        buffer_printf(out, "    %s) arguments=\"", operation->name);
        for (enum flag_set set = 0; set < SETS; set++) {
            buffer_printf(out, has_set(operation, set) ? "$%s" : "", set_names[set]);
        }
        for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
            buffer_add_text(out, " --");
            words_dashed(out, a->name);
        }
        buffer_add_text(out, "\" ;;\n");
    }
    buffer_add_text(out, "    esac\n");
}

static void bash_values(struct buffer *out) {
    buffer_add_text(out, "    case \"$operation ${before//_/-}\" in\n");
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
            if (has_choices(a)) {
                buffer_printf(out, "    \"%s --", operation->name);
                words_dashed(out, a->name);
                buffer_add_text(out, "\") values=\"");
                add_choices(out, a->choices, ' ');
                buffer_add_text(out, "\" ;;\n");
            }
        }
    }
    buffer_add_text(out, "    esac\n");
}

static void write_bash(struct buffer *out) {
    buffer_add_text(out, bash_begin);
    bash_words(out);
    buffer_add_text(out, bash_find);
    bash_arguments(out);
    bash_values(out);
    buffer_add_text(out, bash_end);
}

// ---- zsh -------------------------------------------------------------------------------------

static const char zsh_begin[] =
        "#compdef whitebeam\n"
        "# Completion of whitebeam for zsh, written by `whitebeam completion zsh`.\n"
        "\n"
        "_whitebeam() {\n"
        "    local -a commands operations flags lists destroys arguments\n"
        "    local operation i\n";

static const char zsh_find[] = "    for ((i = 2; i < CURRENT; i++)); do\n"
                               "        case $words[i] in\n"
                               "        --state | --key-file | --columns) ((i++)) ;;\n"
                               "        -*) ;;\n"
                               "        *)\n"
                               "            operation=${words[i]//-/_}\n"
                               "            break\n"
                               "            ;;\n"
                               "        esac\n"
                               "    done\n"
                               "    case $operation in\n"
                               "    '')\n"
                               "        if [[ $PREFIX == -* ]]; then\n"
                               "            _arguments $flags\n"
                               "        else\n"
                               "            _describe -t commands command commands\n"
                               "            _describe -t operations operation operations\n"
                               "        fi\n"
                               "        return\n"
                               "        ;;\n"
                               "    help)\n"
                               "        _describe -t operations operation operations\n"
                               "        return\n"
                               "        ;;\n"
                               "    completion)\n"
                               "        compadd bash zsh fish\n"
                               "        return\n"
                               "        ;;\n";

static const char zsh_end[] = "    esac\n"
                              "    _arguments $arguments '*:value: '\n"
                              "}\n"
                              "\n"
                              "_whitebeam \"$@\"\n";

static void zsh_flag(struct buffer *out, const struct word_flag *flag) {
    buffer_printf(out, "        '--%s[", flag->name);
    add_quoted(out, flag->summary, "'\\''", true);
    buffer_add_u8(out, ']');
    if (flag->value != NULL) {
        bool names = strcmp(flag->value, "NAMES") == 0;
        buffer_printf(out, ":%s:%s", flag->value, names ? " " : "_files");
    }
    buffer_add_text(out, "'\n");
}

static void zsh_words(struct buffer *out) {
    buffer_add_text(out, "    commands=(");
    for (size_t i = 0; command_name(i) != NULL; i++) {
        buffer_printf(out, "%s%s", i > 0 ? " " : "", command_name(i));
    }
    buffer_add_text(out, ")\n");
    for (enum flag_set set = 0; set < SETS; set++) {
        buffer_printf(out, "    %s=(\n", set_names[set]);
        for (const struct word_flag *flag = word_flags; flag->name != NULL; flag++) {
            if (set_of(flag) == set) {
                zsh_flag(out, flag);
            }
        }
        buffer_add_text(out, "    )\n");
    }
    buffer_add_text(out, "    operations=(\n");
    for (size_t i = 0; i < operation_count(); i++) {
        buffer_printf(out, "        '%s:", operation_at(i)->name);
        add_quoted(out, operation_at(i)->summary, "'\\''", true);
        buffer_add_text(out, "'\n");
    }
    buffer_add_text(out, "    )\n");
}

static void zsh_argument(struct buffer *out, const struct argument *argument) {
    buffer_add_text(out, "            '--");
    words_dashed(out, argument->name);
    buffer_add_u8(out, '[');
    add_quoted(out, argument->summary, "'\\''", true);
    buffer_add_u8(out, ']');
    if (has_choices(argument)) {
        buffer_printf(out, ":%s:(", argument->name);
        add_choices(out, argument->choices, ' ');
        buffer_add_u8(out, ')');
    } else if (!is_plain_flag(argument)) {
        buffer_printf(out, ":%s: ", argument_type_name(argument->type));
    }
    buffer_add_text(out, "'\n");
}

static void write_zsh(struct buffer *out) {
    buffer_add_text(out, zsh_begin);
    zsh_words(out);
    buffer_add_text(out, zsh_find);
    buffer_add_text(out, "    serve | demo | login) arguments=(");
    for (size_t i = 0; option_flags[i].name != NULL; i++) {
        buffer_printf(out, "%s--%s%s", i > 0 ? " " : "", option_flags[i].name,
                option_flags[i].value ? ":value:_files" : "");
    }
    buffer_add_text(out, ") ;;\n    operations) arguments=('--group:group:(");
    add_groups(out);
    buffer_add_text(out, ")') ;;\n");
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        buffer_printf(out, "    %s)\n        arguments=(", operation->name);
        for (enum flag_set set = 0; set < SETS; set++) {
            buffer_printf(out, has_set(operation, set) ? " $%s" : "", set_names[set]);
        }
        buffer_add_u8(out, '\n');
        for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
            zsh_argument(out, a);
        }
        buffer_add_text(out, "        )\n        ;;\n");
    }
    buffer_add_text(out, zsh_end);
}

// ---- fish ------------------------------------------------------------------------------------

static const char fish_begin[] =
        "# Completion of whitebeam for fish, written by `whitebeam completion fish`.\n"
        "\n"
        "complete -c whitebeam -f\n"
        "\n"
        "# Whether the operation of the line is this one, with dashes or underscores.\n"
        "function __whitebeam_is\n"
        "    for word in (commandline -opc)[2..]\n"
        "        string match -q -- '-*' $word; and continue\n"
        "        contains -- (string replace -a -- - _ $word) $argv\n"
        "        return\n"
        "    end\n"
        "    return 1\n"
        "end\n"
        "\n"
        "function __whitebeam_is_open\n"
        "    for word in (commandline -opc)[2..]\n"
        "        string match -q -- '-*' $word; or return 1\n"
        "    end\n"
        "    return 0\n"
        "end\n"
        "\n";

static void fish_line(
        struct buffer *out, const char *condition, const char *what, const char *summary) {
    buffer_printf(out, "complete -c whitebeam -n '%s' %s", condition, what);
    if (summary != NULL) {
        buffer_add_text(out, " -d '");
        add_quoted(out, summary, "\\'", false);
        buffer_add_u8(out, '\'');
    }
    buffer_add_u8(out, '\n');
}

static void fish_argument(
        struct buffer *out, const char *condition, const struct argument *argument) {
    struct buffer what;
    buffer_init(&what);
    buffer_add_text(&what, "-l ");
    words_dashed(&what, argument->name);
    if (has_choices(argument)) {
        buffer_add_text(&what, " -xa '");
        add_choices(&what, argument->choices, ' ');
        buffer_add_u8(&what, '\'');
    } else if (!is_plain_flag(argument)) {
        buffer_add_text(&what, " -x");
    }
    buffer_add_u8(&what, '\0');
    fish_line(out, condition, what.at, argument->summary);
    buffer_finish(&what);
}

static void fish_flags(struct buffer *out) {
    for (enum flag_set set = 0; set < SETS; set++) {
        struct buffer condition;
        buffer_init(&condition);
        buffer_add_text(&condition,
                set == SET_ALL ? "__whitebeam_is_open; or __whitebeam_is" : "__whitebeam_is");
        for (size_t i = 0; i < operation_count(); i++) {
            if (has_set(operation_at(i), set)) {
                buffer_printf(&condition, " %s", operation_at(i)->name);
            }
        }
        buffer_add_u8(&condition, '\0');
        for (const struct word_flag *flag = word_flags; flag->name != NULL; flag++) {
            char text[80];
            snprintf(text, sizeof text, "-l %s%s", flag->name, flag->value ? " -rF" : "");
            if (set_of(flag) == set) {
                fish_line(out, condition.at, text, flag->summary);
            }
        }
        buffer_finish(&condition);
    }
}

static void write_fish(struct buffer *out) {
    char text[200];
    buffer_add_text(out, fish_begin);
    for (size_t i = 0; command_name(i) != NULL; i++) {
        snprintf(text, sizeof text, "-a %s", command_name(i));
        fish_line(out, "__whitebeam_is_open", text, NULL);
    }
    fish_flags(out);
    for (const struct option_flag *flag = option_flags; flag->name != NULL; flag++) {
        snprintf(text, sizeof text, "-l %s%s", flag->name, flag->value ? " -rF" : "");
        fish_line(out, "__whitebeam_is serve demo login", text, flag->summary);
    }
    buffer_add_text(out, "complete -c whitebeam -n '__whitebeam_is completion' -a 'bash zsh fish'\n"
                         "complete -c whitebeam -n '__whitebeam_is operations' -l group -xa '");
    add_groups(out);
    buffer_add_text(out, "'\n\n");
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        snprintf(text, sizeof text, "-a %s", operation->name);
        fish_line(out, "__whitebeam_is_open; or __whitebeam_is help", text, operation->summary);
        snprintf(text, sizeof text, "__whitebeam_is %s", operation->name);
        for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
            fish_argument(out, text, a);
        }
    }
}

// ---- the command -----------------------------------------------------------------------------

const struct completion completions[] = {
        {"bash", "whitebeam.bash", write_bash},
        {"zsh", "_whitebeam", write_zsh},
        {"fish", "whitebeam.fish", write_fish},
        {NULL, NULL, NULL},
};

int completion_run(int argc, char **argv) {
    for (size_t i = 0; argc == 3 && completions[i].shell != NULL; i++) {
        if (strcmp(argv[2], completions[i].shell) == 0) {
            struct buffer text;
            buffer_init(&text);
            completions[i].write(&text);
            fwrite(text.at, 1, text.length, stdout);
            buffer_finish(&text);
            return fflush(stdout) == 0 ? ENDING_GOOD : ENDING_FAILED;
        }
    }
    fputs("whitebeam: say for which shell: whitebeam completion bash|zsh|fish\n", stderr);
    return ENDING_USAGE;
}
