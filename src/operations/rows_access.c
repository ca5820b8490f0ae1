// Who may do what, and who did: the audit record, API keys.
#include "operations/rows.h"

#define FOREVER ((int64_t)1 << 53)

static const struct argument audit_arguments[] = {
        PAGE,
        TEXT("actor", NULL, "Only records of this key id, `admin` or `session`."),
        TEXT("operation", NULL, "Only records of this operation."),
        TEXT("of_node", NULL, "Only records about this node."),
        INTEGER("since_ms", "0", 0, FOREVER, "Only records from then on, unix milliseconds."),
        INTEGER("until_ms", "0", 0, FOREVER, "Only records until then; 0: all."),
        END,
};

static const struct argument no_arguments[] = {END};

static const struct argument keys_list_arguments[] = {PAGE, END};

static const struct argument key_create_arguments[] = {
        NEED_TEXT("key_name", "What the key is for, or whose it is."),
        NEED_TEXTS("permissions", "What it may do: read:processes, control:supervisors, …"),
        INTEGER("expires_in_days", "0", 0, 3650, "When it ends; 0: never."),
        END,
};

static const struct argument key_rotate_arguments[] = {
        NEED_TEXT("id", "Id of the key."),
        INTEGER("overlap_ms", "86400000", 0, LIMIT_KEY_OVERLAP_MS,
                "How long the old key is still good."),
        END,
};

static const struct argument key_arguments[] = {NEED_TEXT("id", "Id of the key."), END};

#define KEY                                                                                        \
    "id: text, name: text, state: text, permissions: [text], created_at: time?, "                  \
    "expires_at: time?, revoked_at: time?, last_used_at: time?, replaced_by: text?"
#define TEACHES_KEYS                                                                               \
    "The BEAM itself knows one secret for everything, the cookie: finer rights must be kept "      \
    "before it."

static const struct operation rows[] = {
        {.name = "list_audit_records",
                .group = "Access",
                .summary = "Who changed what: every control operation, its beginning and its end.",
                .routes = {{"GET", "/api/v1/audit"}},
                .arguments = audit_arguments,
                .permission = PERMISSION_MANAGE_KEYS,
                .reply = "audit_record",
                .list = true,
                .teaches = "Control of a running system needs a record that cannot be edited "
                           "unseen: each record's hash covers the one before it.",
                .next = "verify_audit_record",
                .run = run_audit_list},
        {.name = "verify_audit_record",
                .group = "Access",
                .summary =
                        "Check that no audit record was changed, removed or put in another order.",
                .routes = {{"GET", "/api/v1/audit/verification"}},
                .arguments = no_arguments,
                .permission = PERMISSION_MANAGE_KEYS,
                .rate = RATE_HEAVY,
                .reply = "{intact: bool, records: int, first_broken_id: int?}",
                .teaches = "A hash over each record and the one before it shows every later edit.",
                .next = "list_audit_records",
                .run = run_audit_verify},
        {.name = "list_api_keys",
                .group = "Access",
                .summary = "API keys, those that have ended too; never the keys themselves.",
                .routes = {{"GET", "/api/v1/keys"}},
                .arguments = keys_list_arguments,
                .permission = PERMISSION_MANAGE_KEYS,
                .reply = "{" KEY "}",
                .list = true,
                .teaches = TEACHES_KEYS,
                .next = "create_api_key|revoke_api_key",
                .run = run_keys_list},
        {.name = "create_api_key",
                .group = "Access",
                .summary = "Make an API key; it is shown in this answer and never again.",
                .routes = {{"POST", "/api/v1/keys"}},
                .arguments = key_create_arguments,
                .permission = PERMISSION_MANAGE_KEYS,
                .effect = EFFECT_CHANGE,
                .status = 201,
                .reply = "{key: text, " KEY "}",
                .teaches = TEACHES_KEYS,
                .next = "rotate_api_key|list_api_keys",
                .run = run_key_create},
        {.name = "rotate_api_key",
                .group = "Access",
                .summary =
                        "Make another key with the same rights; the old one ends after an overlap.",
                .routes = {{"POST", "/api/v1/keys/{id}/rotate"}},
                .arguments = key_rotate_arguments,
                .permission = PERMISSION_MANAGE_KEYS,
                .effect = EFFECT_CHANGE,
                .status = 201,
                .reply = "{key: text, " KEY "}",
                .teaches = TEACHES_KEYS,
                .next = "list_api_keys",
                .run = run_key_rotate},
        {.name = "revoke_api_key",
                .group = "Access",
                .summary = "End an API key at once.",
                .routes = {{"DELETE", "/api/v1/keys/{id}"}},
                .arguments = key_arguments,
                .permission = PERMISSION_MANAGE_KEYS,
                .effect = EFFECT_DESTROY,
                .reply = "{" KEY "}",
                .teaches = TEACHES_KEYS,
                .next = "list_api_keys",
                .run = run_key_revoke},
};

ROWS_ARE(rows_access, rows);
