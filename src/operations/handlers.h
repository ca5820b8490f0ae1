// The functions that answer operations, one for each row of the table.
#ifndef WHITEBEAM_OPERATIONS_HANDLERS_H
#define WHITEBEAM_OPERATIONS_HANDLERS_H

#include "operations/call.h"

typedef void handler(struct call *call);

handler run_livez, run_readyz;
handler run_login_token;
handler run_nodes_list, run_nodes_attach, run_node_detach;
handler run_processes_list, run_process_get, run_process_state, run_process_exit;
handler run_supervisors_list, run_supervisor_get, run_supervisor_tree;
handler run_system_health;
handler run_process_history;
handler run_state_backup, run_state_checkpoint, run_state_persist, run_state_restore;
handler run_state_rollback, run_state_load, run_state_diff, run_state_replicate;
handler run_states_list, run_state_remove;
handler run_keys_list, run_key_create, run_key_rotate, run_key_revoke;
handler run_failure_impact, run_tree_snapshot, run_tree_diff;
handler run_messages, run_recordable, run_recordings_list, run_recording_replay;
handler run_recording_remove;
handler run_name_unregister, run_metadata_register, run_metadata_update, run_metadata_search;
handler run_audit_list, run_audit_verify;
handler run_topology, run_relationships, run_report;
handler run_process_tree, run_bottlenecks, run_metrics, run_anomalies;
handler run_operations_list, run_operation_get, run_openapi;
handler run_application_environment;
handler run_on_node; // every row that the agent answers as it is, see on_node.h

#endif
