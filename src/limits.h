// Every size and time that an outsider controls, in one place. A value that comes from a socket, a
// file or a request is compared with a row of this file before memory is taken for it.
#ifndef WHITEBEAM_LIMITS_H
#define WHITEBEAM_LIMITS_H

// Erlang terms.
#define LIMIT_TERM_BYTES      (16u << 20) // one encoded term
#define LIMIT_TERM_NODES      (2u << 20)  // values inside one decoded term
#define LIMIT_TERM_INFLATED   (16u << 20) // COMPRESSED, after inflation
#define LIMIT_ATOM_CHARACTERS 255u        // OTP's MAX_ATOM_CHARACTERS
#define LIMIT_ATOM_BYTES      1020u       // the same, each of four UTF-8 bytes
#define LIMIT_BIGNUM_BYTES    (1u << 20)  // digits of one LARGE_BIG_EXT
#define LIMIT_BIGNUM_DECIMAL  4096u       // longer integers are written in hexadecimal
#define LIMIT_JSON_TERM_BYTES (1u << 20)  // JSON text of one term from a client
#define LIMIT_JSON_TERM_DEPTH 64u
#define LIMIT_TERM_TEXT_BYTES (256u << 10) // Elixir or Erlang text of one term from a client
#define LIMIT_TERM_TEXT_DEPTH 64u

// The distribution link.
#define LIMIT_LINK_MESSAGE   (16u << 20) // one packet from a node
#define LIMIT_LINK_HANDSHAKE 2048u       // one handshake packet
#define LIMIT_LINK_OUTPUT    (8u << 20)  // bytes queued towards a node
#define LIMIT_NODE_NAME      255u        // bytes of name@host
#define LIMIT_COOKIE         255u
#define LIMIT_CONNECT_MS     5000 // resolve, epmd, connect and handshake together
#define LIMIT_EPMD_REPLY     1024u

// Attached nodes.
#define LIMIT_NODES              64u
#define LIMIT_REQUESTS_IN_FLIGHT 256u // requests to one agent
#define LIMIT_PROCESSES          (8u << 20)
#define LIMIT_LABEL_BYTES        200u

// Sandboxes.
#define LIMIT_JAIL_LINE   1000u       // bytes of a line of output; the rest of it is cut
#define LIMIT_JAIL_LINES  200u        // told in one second; the others are counted
#define LIMIT_JAIL_OUTPUT (1u << 20)  // bytes read in one second; then the program waits
#define LIMIT_JAIL_TMP    (64u << 20) // of its /tmp, which is in memory

// Pictures and documents, which a program of their own makes.
#define LIMIT_RENDER_INPUT    (16u << 20)
#define LIMIT_RENDER_MARKDOWN (2u << 20)
#define LIMIT_RENDER_OUTPUT   (16u << 20)
#define LIMIT_RENDER_PIXELS   32000000u
#define LIMIT_RENDER_SIDE     32000u // pixels; cairo's own limit is 32767
#define LIMIT_RENDER_PAGES    500u
#define LIMIT_RENDER_COLUMNS  20u // of a table
#define LIMIT_RENDER_ROWS     20000u
#define LIMIT_RENDER_MS       10000 // for one, from its start
#define LIMIT_RENDER_AT_ONCE  2u
#define LIMIT_RENDER_WAITING  8u // for their turn; others are refused

// HTTP.
#define LIMIT_HTTP_CONNECTIONS 16384u // fewer where there are fewer descriptors: http_limits_of
#define LIMIT_HTTP_POOL        (16u << 10) // memory of one connection: request line and headers
#define LIMIT_HTTP_BODY        (1u << 20)
#define LIMIT_HTTP_PATH        4096u
#define LIMIT_HTTP_REQUEST_MS  10000 // from the first byte to the end of the body
#define LIMIT_HTTP_ANSWER_MS   30000 // for the call, and again for the client to take the answer
#define LIMIT_HTTP_DRAIN_MS    5000  // for running requests when the daemon stops
#define LIMIT_HTTP_GRACE_MS    1000  // for their answers to be taken
#define LIMIT_HTTP_UNTAKEN     (256u << 20) // answers that clients have not taken yet
#define LIMIT_HTTP_SWALLOW     4u // times the largest body is read and dropped before a 413
#define LIMIT_HTTP_IDLE_S      60u

// WebSockets and channels. The page's frames are small; what it gets may be large.
#define LIMIT_WEBSOCKETS         8192u
#define LIMIT_WEBSOCKET_MESSAGE  (64u << 10)  // one message from a client
#define LIMIT_WEBSOCKET_QUEUE    (1u << 20)   // bytes a client has not read, beside one message
#define LIMIT_WEBSOCKET_PAUSE    (256u << 10) // so many of them, and its own messages wait
#define LIMIT_WEBSOCKET_IDLE_MS  60000        // without a whole frame
#define LIMIT_WEBSOCKET_STALL_MS 10000        // bytes are queued and it takes none
#define LIMIT_WEBSOCKET_CLOSE_MS 2000         // for the closing handshake
#define LIMIT_CHANNELS           100u         // topics that one client has joined
#define LIMIT_CHANNEL_REF        64u          // bytes of a message's reference as JSON

// Logins.
#define LIMIT_LOGIN_TOKENS    64u
#define LIMIT_LOGIN_TOKEN_MS  (10 * 60 * 1000)
#define LIMIT_SESSIONS        1000u
#define LIMIT_SESSION_IDLE_MS (12 * 60 * 60 * 1000)

// The store.
#define LIMIT_DOCUMENT_BYTES (32u << 20)  // the body of one document
#define LIMIT_STORE_JOB      (36u << 20)  // all that comes with one job
#define LIMIT_STORE_BYTES    (128u << 20) // of all jobs that wait; and of all answers
#define LIMIT_STORE_JOBS     10000u       // that wait for the disk
#define LIMIT_STORE_BATCH    1000u        // that share a commit
#define LIMIT_STORE_ROWS     1000u        // of one list
#define LIMIT_STORE_ANSWER   (32u << 20)  // bytes of one list
#define LIMIT_STORE_RESERVE  (8u << 20)   // of the disk, which documents leave free
#define LIMIT_RETRY_MS       (24 * 60 * 60 * 1000)

// API keys, and how often they may be used.
#define LIMIT_KEYS           4096u  // in force
#define LIMIT_KEYS_EVER      65536u // with those that have ended, which stay in the list
#define LIMIT_KEY_NAME       100u   // bytes
#define LIMIT_KEY_OVERLAP_MS (30ll * 24 * 60 * 60 * 1000)
#define LIMIT_KEY_FLUSH_MS   60000  // between two times that the last use of keys is stored
#define LIMIT_RATE_ENTRIES   32768u // pairs of key and class that are counted; a power of two

// Arguments of requests.
#define LIMIT_PARAMETERS      64u
#define LIMIT_PARAMETER_BYTES 4096u
#define LIMIT_PARAMETER_ITEMS 256u // of one list
#define LIMIT_PATTERN_BYTES   256u
#define LIMIT_PER_PAGE        200
#define LIMIT_AUDIT_TEXT      1000u // bytes of one argument in the audit record
#define LIMIT_TREE_DEPTH      64

#endif
