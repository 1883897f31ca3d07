// SPDX-License-Identifier: MIT
#ifndef CLAP_FACTS_H
#define CLAP_FACTS_H

#include <stddef.h>
#include <stdint.h>

/* One fact about the CLAP interface, as one set of headers has it. */
typedef struct {
    const char *name;
    uint64_t number; /* value of a number; size of a type; offset of a member */
    uint64_t size;   /* of a member; 0 otherwise */
    const char *text;
} clap_fact;

const clap_fact *clap_facts_ours(size_t *count);
const clap_fact *clap_facts_published(size_t *count);

/* What both tables are made of, once their headers are included. A number keeps its sign through 64 bits. */
#define CLAP_TYPE(type) {#type, sizeof(type), 0, NULL},
#define CLAP_FIELD(type, field) {#type "." #field, offsetof(type, field), sizeof(((type *)NULL)->field), NULL},
#define CLAP_NUMBER(name) {#name, (uint64_t)(int64_t)(name), 0, NULL},
#define CLAP_TEXT(name) {#name, 0, 0, name},

#endif
