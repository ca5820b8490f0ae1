// The tables of the two databases, as steps from one version of a file to the next.
#ifndef WHITEBEAM_STORE_SCHEMA_H
#define WHITEBEAM_STORE_SCHEMA_H

#include "store/sql.h"

struct schema {
    const char *const *steps; // step i makes version i + 1 of version i
    int64_t count;
};

extern const struct schema schema_secure, schema_documents;

// Brings a file up to date. A file of a later version is refused, untouched.
bool schema_update(struct sql *sql, const struct schema *schema, struct error *error);

#endif
