// Logging a browser in.
#include "base/json_writer.h"
#include "operations/handlers.h"

void run_login_token(struct call *call) {
    if (call->request.login_url == NULL) {
        struct error error;
        error_set(&error, ERROR_NOT_IMPLEMENTED, "there is no page to log in to here");
        call_fail(call, &error);
        return;
    }
    struct buffer url;
    buffer_init(&url);
    // Nobody logs in with more than whoever made the address may do.
    call->request.login_url(
            call->request.server, call->request.actor, call->request.permissions, &url);
    json_open_object(&call->answer, NULL);
    json_open_object(&call->answer, "data");
    json_put_string(&call->answer, "url", buffer_str(&url));
    json_int(&call->answer, "expires_in_s", 600);
    json_close_object(&call->answer);
    json_close_object(&call->answer);
    buffer_finish(&url);
    call_done(call, 201);
}
