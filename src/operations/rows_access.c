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
};

ROWS_ARE(rows_access, rows);
