// The compiled parts of the agent, embedded in the binary at build time (see agent/parts and
// tools/embed_agent). The first is loaded at attach, the others when an operation needs them.
#ifndef WHITEBEAM_NODE_AGENT_MODULES_H
#define WHITEBEAM_NODE_AGENT_MODULES_H

#include <stdint.h>

struct agent_module {
    const char *name;
    const uint8_t *beam;
    uint32_t size;
    const uint8_t *md5; // 16 bytes: beam_lib:md5/1, what module_info(md5) answers
};

extern const struct agent_module agent_modules[];
extern const uint32_t agent_module_count;

#endif
