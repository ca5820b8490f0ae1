# Completion of whitebeam for bash, written by `whitebeam completion bash`:
#   source <(whitebeam completion bash)

_whitebeam() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local operation= arguments= values= i
    local commands="serve demo login operations completion help version"
    local flags=" --json --explain --state --key-file --help"
    local lists=" --all --columns"
    local destroys=" --yes"
    local operations="
        livez
        readyz
        create_login_token
        list_nodes
        attach_node
        detach_node
        list_operations
        get_operation
        get_openapi
        list_audit_records
        verify_audit_record
        list_api_keys
        create_api_key
        rotate_api_key
        revoke_api_key
        list_processes
        get_process
        get_process_state
        exit_process
        trace_failure_impact
        get_process_history
        list_all_processes
        list_registered_processes
        list_supervisor_processes
        list_genserver_processes
        list_gen_event_processes
        list_gen_statem_processes
        list_application_processes
        start_process
        start_link_process
        start_monitor_process
        spawn_process
        spawn_link_process
        spawn_monitor_process
        kill_process
        send_exit_signal
        shutdown_process
        terminate_process_tree
        suspend_process
        resume_process
        pause_process_scheduling
        resume_process_scheduling
        set_process_priority
        migrate_process
        pin_process_to_scheduler
        unpin_process_from_scheduler
        garbage_collect_process
        compact_process_heap
        hibernate_process
        wake_process
        get_process_backtrace
        send_message
        send_message_after
        cast_message
        call_process
        call_process_sync
        message_process
        multi_call_processes
        broadcast_message
        selective_send
        list_recordings
        replay_recording
        remove_recording
        get_message_queue_length
        peek_message_queue
        inspect_mailbox
        search_mailbox
        count_mailbox_messages
        get_message_queue_stats
        analyze_mailbox_patterns
        flush_message_queue
        drain_message_queue
        filter_message_queue
        prioritize_message_queue
        compact_mailbox
        list_leases
        release_lease
        list_supervisors
        get_supervisor
        build_supervision_tree
        capture_tree_snapshot
        diff_tree_states
        start_supervisor
        start_supervisor_link
        stop_supervisor
        restart_supervisor
        pause_supervisor
        resume_supervisor
        get_supervisor_flags
        set_supervisor_flags
        change_supervisor_strategy
        change_supervisor_intensity
        change_supervisor_period
        convert_to_one_for_one
        convert_to_one_for_all
        convert_to_rest_for_one
        convert_to_simple_one_for_one
        get_restart_strategy
        test_restart_strategy
        optimize_restart_strategy
        simulate_supervisor_failure
        which_children
        count_children
        delete_child
        restart_child
        terminate_child
        remove_child
        add_child
        add_dynamic_child
        start_temporary_child
        start_transient_child
        start_permanent_child
        replace_child_spec
        start_application
        stop_application
        restart_application
        get_application_info
        list_applications
        which_applications
        application_controller_info
        get_application_env
        set_application_env
        unset_application_env
        get_all_application_env
        load_application_config
        reload_application_config
        get_system_health
        get_system_bottlenecks
        get_system_anomalies
        get_system_metrics
        build_process_tree
        get_system_topology
        analyze_process_relationships
        generate_system_report
        backup_genserver_state
        restore_genserver_state
        diff_genserver_states
        persist_process_state
        load_process_state
        checkpoint_process_state
        rollback_process_state
        replicate_process_state
        list_kept_states
        remove_kept_state
        get_process_info
        get_process_dictionary
        get_process_memory_info
        get_process_links
        get_process_monitors
        get_process_trap_exit
        get_process_registered_name
        get_process_group_leader
        find_process_ancestors
        find_process_descendants
        get_process_dependencies
        get_system_info
        get_scheduler_info
        get_memory_info
        find_process_cycles
        get_isolated_processes
        get_genserver_state
        set_genserver_state
        update_genserver_state
        validate_genserver_state
        compress_genserver_state
        migrate_process_state
        register_process
        unregister_process
        whereis_process
        registered_names
        register_process_globally
        unregister_process_globally
        global_whereis_name
        list_global_names
        create_process_group
        join_process_group
        leave_process_group
        list_process_groups
        broadcast_to_group
        register_process_with_metadata
        update_process_metadata
        remove_registry_entry
        search_registry_by_metadata
        list_registry_contents
    "
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        --state | --key-file | --columns) ((i++)) ;;
        -*) ;;
        *)
            operation=${COMP_WORDS[i]//-/_}
            break
            ;;
        esac
    done
    case $operation in
    "")
        [[ $word == -* ]] || values="$commands $operations"
        [[ $word == *-* && $word != -* ]] && values=${operations//_/-}
        arguments=$flags
        ;;
    help) values=$operations ;;
    completion) values="bash zsh fish" ;;
    serve | demo | login) arguments="--listen --state --attach --cookie-file --config --verbose" ;;
    operations)
        arguments=--group
        [[ $before == --group ]] && values="daemon nodes operations access processes process-lifecycle-management system-introspection message-passing-and-communication leases supervisors supervisor-management application-management system state-management process-registry-and-naming"
        ;;
    livez) arguments="$flags" ;;
    readyz) arguments="$flags" ;;
    create_login_token) arguments="$flags" ;;
    list_nodes) arguments="$flags$lists --page --per-page" ;;
    attach_node) arguments="$flags --node --cookie --port" ;;
    detach_node) arguments="$flags --node" ;;
    list_operations) arguments="$flags$lists --page --per-page --group" ;;
    get_operation) arguments="$flags --operation" ;;
    get_openapi) arguments="$flags" ;;
    list_audit_records) arguments="$flags$lists --page --per-page --actor --operation --of-node --since-ms --until-ms" ;;
    verify_audit_record) arguments="$flags" ;;
    list_api_keys) arguments="$flags$lists --page --per-page" ;;
    create_api_key) arguments="$flags --key-name --permissions --expires-in-days" ;;
    rotate_api_key) arguments="$flags --id --overlap-ms" ;;
    revoke_api_key) arguments="$flags$destroys --id" ;;
    list_processes) arguments="$flags$lists --page --per-page --type --behavior --name-pattern --memory-min --memory-max --queue-min --queue-max --status --supervised --sort --order --fresh --node" ;;
    get_process) arguments="$flags --pid --include --node" ;;
    get_process_state) arguments="$flags --pid --timeout-ms --max-bytes --node" ;;
    exit_process) arguments="$flags$destroys --pid --reason --dry-run --force --wait-ms --node" ;;
    trace_failure_impact) arguments="$flags --pid --reason --fresh --node" ;;
    get_process_history) arguments="$flags --pid --node" ;;
    list_all_processes) arguments="$flags$lists --page --per-page --type --behavior --name-pattern --memory-min --memory-max --queue-min --queue-max --status --supervised --sort --order --fresh --node" ;;
    list_registered_processes) arguments="$flags$lists --page --per-page --type --behavior --name-pattern --memory-min --memory-max --queue-min --queue-max --status --supervised --sort --order --fresh --node" ;;
    list_supervisor_processes) arguments="$flags$lists --page --per-page --type --behavior --name-pattern --memory-min --memory-max --queue-min --queue-max --status --supervised --sort --order --fresh --node" ;;
    list_genserver_processes) arguments="$flags$lists --page --per-page --type --behavior --name-pattern --memory-min --memory-max --queue-min --queue-max --status --supervised --sort --order --fresh --node" ;;
    list_gen_event_processes) arguments="$flags$lists --page --per-page --type --behavior --name-pattern --memory-min --memory-max --queue-min --queue-max --status --supervised --sort --order --fresh --node" ;;
    list_gen_statem_processes) arguments="$flags$lists --page --per-page --type --behavior --name-pattern --memory-min --memory-max --queue-min --queue-max --status --supervised --sort --order --fresh --node" ;;
    list_application_processes) arguments="$flags$lists --application --page --per-page --type --behavior --name-pattern --memory-min --memory-max --queue-min --queue-max --status --supervised --sort --order --fresh --node" ;;
    start_process) arguments="$flags --module --function --arguments --priority --min-heap-size --max-heap-size --message-queue-data --wait-ms --duration-ms --timeout-ms --as --format --create-atoms --dry-run --node" ;;
    start_link_process) arguments="$flags --module --function --arguments --priority --min-heap-size --max-heap-size --message-queue-data --wait-ms --duration-ms --timeout-ms --as --format --create-atoms --dry-run --node" ;;
    start_monitor_process) arguments="$flags --module --function --arguments --priority --min-heap-size --max-heap-size --message-queue-data --wait-ms --duration-ms --timeout-ms --as --format --create-atoms --dry-run --node" ;;
    spawn_process) arguments="$flags --module --function --arguments --priority --min-heap-size --max-heap-size --message-queue-data --wait-ms --duration-ms --format --create-atoms --dry-run --node" ;;
    spawn_link_process) arguments="$flags --module --function --arguments --priority --min-heap-size --max-heap-size --message-queue-data --wait-ms --duration-ms --format --create-atoms --dry-run --node" ;;
    spawn_monitor_process) arguments="$flags --module --function --arguments --priority --min-heap-size --max-heap-size --message-queue-data --wait-ms --duration-ms --format --create-atoms --dry-run --node" ;;
    kill_process) arguments="$flags$destroys --reason --timeout-ms --pid --format --create-atoms --dry-run --force --node" ;;
    send_exit_signal) arguments="$flags$destroys --signal --delay-ms --timeout-ms --pid --format --create-atoms --dry-run --force --node" ;;
    shutdown_process) arguments="$flags$destroys --pid --method --kill --timeout-ms --dry-run --force --node" ;;
    terminate_process_tree) arguments="$flags$destroys --pid --limit --timeout-ms --dry-run --force --node" ;;
    suspend_process) arguments="$flags --pid --mode --duration-ms --timeout-ms --dry-run --force --node" ;;
    resume_process) arguments="$flags --pid --mode --timeout-ms --dry-run --node" ;;
    pause_process_scheduling) arguments="$flags --pid --duration-ms --timeout-ms --dry-run --force --node" ;;
    resume_process_scheduling) arguments="$flags --pid --timeout-ms --dry-run --node" ;;
    set_process_priority) arguments="$flags --pid --priority --timeout-ms --dry-run --force --node" ;;
    migrate_process) arguments="$flags --pid --scheduler --timeout-ms --dry-run --force --node" ;;
    pin_process_to_scheduler) arguments="$flags --pid --scheduler --timeout-ms --dry-run --force --node" ;;
    unpin_process_from_scheduler) arguments="$flags --pid --timeout-ms --dry-run --force --node" ;;
    garbage_collect_process) arguments="$flags --pid --type --timeout-ms --dry-run --force --node" ;;
    compact_process_heap) arguments="$flags --pid --timeout-ms --dry-run --force --node" ;;
    hibernate_process) arguments="$flags --pid --timeout-ms --dry-run --force --node" ;;
    wake_process) arguments="$flags --pid --timeout-ms --dry-run --force --node" ;;
    get_process_backtrace) arguments="$flags --pid --node" ;;
    send_message) arguments="$flags --pid --message --delay-ms --wait-ms --record --force-send --dry-run --force --format --create-atoms --node" ;;
    send_message_after) arguments="$flags --pid --message --delay-ms --force-send --dry-run --force --format --create-atoms --node" ;;
    cast_message) arguments="$flags --pid --message --wait-ms --record --force-send --dry-run --force --format --create-atoms --node" ;;
    call_process) arguments="$flags --pid --message --handler --timeout-ms --record --force-send --dry-run --force --format --create-atoms --node" ;;
    call_process_sync) arguments="$flags --pid --message --handler --force-send --dry-run --force --format --create-atoms --node" ;;
    message_process) arguments="$flags --pid --message --type --handler --delay-ms --wait-ms --timeout-ms --record --force-send --dry-run --force --format --create-atoms --node" ;;
    multi_call_processes) arguments="$flags --processes --message --timeout-ms --dry-run --force --format --create-atoms --node" ;;
    broadcast_message) arguments="$flags --processes --group --scope --message --type --limit --force-send --dry-run --force --format --create-atoms --node" ;;
    selective_send) arguments="$flags --name-prefix --application --behaviour --module --message --type --limit --force-send --dry-run --format --create-atoms --node" ;;
    list_recordings) arguments="$flags$lists --process --page --per-page" ;;
    replay_recording) arguments="$flags --recording --pid --dry-run --node" ;;
    remove_recording) arguments="$flags$destroys --recording" ;;
    get_message_queue_length) arguments="$flags --pid --node" ;;
    peek_message_queue) arguments="$flags --pid --source --offset --limit --max-bytes --node" ;;
    inspect_mailbox) arguments="$flags --pid --limit --max-bytes --node" ;;
    search_mailbox) arguments="$flags --pid --pattern --text --kind --limit --max-bytes --format --create-atoms --node" ;;
    count_mailbox_messages) arguments="$flags --pid --node" ;;
    get_message_queue_stats) arguments="$flags --pid --node" ;;
    analyze_mailbox_patterns) arguments="$flags --pid --sample-ms --node" ;;
    flush_message_queue) arguments="$flags$destroys --pid --keep-signals --timeout-ms --dry-run --force --node" ;;
    drain_message_queue) arguments="$flags$destroys --pid --limit --max-bytes --keep-signals --timeout-ms --dry-run --force --node" ;;
    filter_message_queue) arguments="$flags$destroys --pid --pattern --text --kind --format --create-atoms --timeout-ms --dry-run --force --node" ;;
    prioritize_message_queue) arguments="$flags$destroys --pid --pattern --text --kind --confirm --format --create-atoms --timeout-ms --dry-run --force --node" ;;
    compact_mailbox) arguments="$flags --pid --stored --timeout-ms --dry-run --force --node" ;;
    list_leases) arguments="$flags --node" ;;
    release_lease) arguments="$flags --lease --node" ;;
    list_supervisors) arguments="$flags$lists --page --per-page --type --strategy --health --include --fresh --node" ;;
    get_supervisor) arguments="$flags --name --include --depth --fresh --node" ;;
    build_supervision_tree) arguments="$flags --name --depth --include-dead --format --fresh --node" ;;
    capture_tree_snapshot) arguments="$flags --name --fresh --node" ;;
    diff_tree_states) arguments="$flags --name --before --after --fresh --node" ;;
    start_supervisor) arguments="$flags --name --id --restart --strategy --max-restarts --max-seconds --children --register-as --duration-ms --format --create-atoms --timeout-ms --node --dry-run --force" ;;
    start_supervisor_link) arguments="$flags --pid --strategy --max-restarts --max-seconds --children --register-as --duration-ms --format --create-atoms --timeout-ms --node --dry-run --force" ;;
    stop_supervisor) arguments="$flags$destroys --name --reason --timeout-ms --node --dry-run --force" ;;
    restart_supervisor) arguments="$flags$destroys --name --target --child-id --reason --delay-ms --dependents --timeout-ms --node --dry-run --force" ;;
    pause_supervisor) arguments="$flags --name --duration-ms --node --dry-run" ;;
    resume_supervisor) arguments="$flags --name --node --dry-run --force" ;;
    get_supervisor_flags) arguments="$flags --name --node" ;;
    set_supervisor_flags) arguments="$flags --name --max-restarts --max-seconds --strategy --auto-shutdown --node --dry-run --force" ;;
    change_supervisor_strategy) arguments="$flags$destroys --name --strategy --restart --timeout-ms --node --dry-run --force" ;;
    change_supervisor_intensity) arguments="$flags --name --intensity --node --dry-run --force" ;;
    change_supervisor_period) arguments="$flags --name --period --node --dry-run --force" ;;
    convert_to_one_for_one) arguments="$flags --name --node --dry-run --force" ;;
    convert_to_one_for_all) arguments="$flags --name --node --dry-run --force" ;;
    convert_to_rest_for_one) arguments="$flags --name --node --dry-run --force" ;;
    convert_to_simple_one_for_one) arguments="$flags --name --node --dry-run --force" ;;
    get_restart_strategy) arguments="$flags --name --node" ;;
    test_restart_strategy) arguments="$flags --name --strategy --child-id --reason --node" ;;
    optimize_restart_strategy) arguments="$flags --name --node" ;;
    simulate_supervisor_failure) arguments="$flags$destroys --name --scenario --target --reason --count --interval-ms --timeout-ms --node --dry-run --force" ;;
    which_children) arguments="$flags --name --page --per-page --node" ;;
    count_children) arguments="$flags --name --node" ;;
    delete_child) arguments="$flags$destroys --name --child-id --timeout-ms --node --dry-run --force" ;;
    restart_child) arguments="$flags --name --child-id --timeout-ms --node --dry-run --force" ;;
    terminate_child) arguments="$flags$destroys --name --child-id --timeout-ms --node --dry-run --force" ;;
    remove_child) arguments="$flags$destroys --name --child-id --shutdown-reason --timeout-ms --node --dry-run --force" ;;
    add_child) arguments="$flags --name --child-spec --args --allow-code --format --create-atoms --timeout-ms --node --dry-run --force" ;;
    add_dynamic_child) arguments="$flags --name --child-spec --args --allow-code --format --create-atoms --timeout-ms --node --dry-run --force" ;;
    start_temporary_child) arguments="$flags --name --child-spec --args --allow-code --format --create-atoms --timeout-ms --node --dry-run --force" ;;
    start_transient_child) arguments="$flags --name --child-spec --args --allow-code --format --create-atoms --timeout-ms --node --dry-run --force" ;;
    start_permanent_child) arguments="$flags --name --child-spec --args --allow-code --format --create-atoms --timeout-ms --node --dry-run --force" ;;
    replace_child_spec) arguments="$flags$destroys --name --child-id --child-spec --mode --format --create-atoms --timeout-ms --node --dry-run --force" ;;
    start_application) arguments="$flags --application --type --ensure-all-started --create-atoms --timeout-ms --node --dry-run" ;;
    stop_application) arguments="$flags$destroys --application --timeout-ms --node --dry-run --force" ;;
    restart_application) arguments="$flags$destroys --application --dependents --timeout-ms --node --dry-run --force" ;;
    get_application_info) arguments="$flags --application --node" ;;
    list_applications) arguments="$flags --running --node" ;;
    which_applications) arguments="$flags --node" ;;
    application_controller_info) arguments="$flags --node" ;;
    get_application_env) arguments="$flags --application --key --node" ;;
    set_application_env) arguments="$flags --application --key --value --persistent --format --create-atoms --node --dry-run --force" ;;
    unset_application_env) arguments="$flags --application --key --persistent --node --dry-run --force" ;;
    get_all_application_env) arguments="$flags --application --node" ;;
    load_application_config) arguments="$flags --config --path --notify --persistent --format --create-atoms --node --dry-run --force" ;;
    reload_application_config) arguments="$flags --notify --persistent --node --dry-run --force" ;;
    get_system_health) arguments="$flags --fresh --node" ;;
    get_system_bottlenecks) arguments="$flags --fresh --node" ;;
    get_system_anomalies) arguments="$flags --fresh --node" ;;
    get_system_metrics) arguments="$flags --fresh --node" ;;
    build_process_tree) arguments="$flags --depth --fresh --node" ;;
    get_system_topology) arguments="$flags --format --include-links --include-monitors --include-unsupervised --cluster-by --fresh --node" ;;
    analyze_process_relationships) arguments="$flags --fresh --node" ;;
    generate_system_report) arguments="$flags --format --fresh --node" ;;
    backup_genserver_state) arguments="$flags --pid --timeout-ms --node" ;;
    restore_genserver_state) arguments="$flags$destroys --pid --backup --expected --timeout-ms --create-atoms --dry-run --force --node" ;;
    diff_genserver_states) arguments="$flags --pid --other --state --backup --limit --timeout-ms --format --create-atoms --node" ;;
    persist_process_state) arguments="$flags --pid --state-name --timeout-ms --node" ;;
    load_process_state) arguments="$flags --state-name --pid --expected --timeout-ms --create-atoms --dry-run --force --node" ;;
    checkpoint_process_state) arguments="$flags --pid --timeout-ms --node" ;;
    rollback_process_state) arguments="$flags$destroys --pid --checkpoint --expected --timeout-ms --create-atoms --dry-run --force --node" ;;
    replicate_process_state) arguments="$flags$destroys --pid --to-nodes --to --timeout-ms --create-atoms --dry-run --force --node" ;;
    list_kept_states) arguments="$flags$lists --kind --process --page --per-page" ;;
    remove_kept_state) arguments="$flags$destroys --kind --id" ;;
    get_process_info) arguments="$flags --pid --keys --node" ;;
    get_process_dictionary) arguments="$flags --pid --node" ;;
    get_process_memory_info) arguments="$flags --pid --node" ;;
    get_process_links) arguments="$flags --pid --node" ;;
    get_process_monitors) arguments="$flags --pid --node" ;;
    get_process_trap_exit) arguments="$flags --pid --node" ;;
    get_process_registered_name) arguments="$flags --pid --node" ;;
    get_process_group_leader) arguments="$flags --pid --node" ;;
    find_process_ancestors) arguments="$flags --pid --node" ;;
    find_process_descendants) arguments="$flags --pid --limit --timeout-ms --node" ;;
    get_process_dependencies) arguments="$flags --pid --depth --limit --node" ;;
    get_system_info) arguments="$flags --node" ;;
    get_scheduler_info) arguments="$flags --sample-ms --node" ;;
    get_memory_info) arguments="$flags --limit --node" ;;
    find_process_cycles) arguments="$flags --processes --limit --timeout-ms --node" ;;
    get_isolated_processes) arguments="$flags --limit --timeout-ms --node" ;;
    get_genserver_state) arguments="$flags --pid --timeout-ms --node" ;;
    set_genserver_state) arguments="$flags$destroys --pid --state --expected --handler --handler-id --timeout-ms --format --create-atoms --dry-run --force --node" ;;
    update_genserver_state) arguments="$flags$destroys --pid --path --value --action --create --function --allow-code --expected --handler --handler-id --timeout-ms --format --create-atoms --dry-run --force --node" ;;
    validate_genserver_state) arguments="$flags --pid --shape --handler --handler-id --timeout-ms --format --create-atoms --node" ;;
    compress_genserver_state) arguments="$flags --pid --timeout-ms --dry-run --node" ;;
    migrate_process_state) arguments="$flags$destroys --pid --mapping --path --expected --handler --handler-id --timeout-ms --format --create-atoms --dry-run --force --node" ;;
    register_process) arguments="$flags --pid --name --create-atoms --dry-run --force --node" ;;
    unregister_process) arguments="$flags$destroys --name --dry-run --force --node" ;;
    whereis_process) arguments="$flags --name --node" ;;
    registered_names) arguments="$flags --prefix --page --per-page --node" ;;
    register_process_globally) arguments="$flags --pid --name --resolve --format --create-atoms --dry-run --force --node" ;;
    unregister_process_globally) arguments="$flags$destroys --name --format --create-atoms --dry-run --force --node" ;;
    global_whereis_name) arguments="$flags --name --format --node" ;;
    list_global_names) arguments="$flags --page --per-page --node" ;;
    create_process_group) arguments="$flags --group --processes --scope --start --format --create-atoms --dry-run --force --node" ;;
    join_process_group) arguments="$flags --group --pid --scope --start --format --create-atoms --dry-run --force --node" ;;
    leave_process_group) arguments="$flags --group --pid --scope --format --dry-run --force --node" ;;
    list_process_groups) arguments="$flags --scope --group --page --per-page --format --node" ;;
    broadcast_to_group) arguments="$flags$destroys --group --message --scope --local --force-send --format --create-atoms --dry-run --force --node" ;;
    register_process_with_metadata) arguments="$flags --pid --name --registry --key --metadata --timeout-ms --format --create-atoms --dry-run --force --node" ;;
    update_process_metadata) arguments="$flags --name --registry --key --metadata --timeout-ms --format --create-atoms --dry-run --force --node" ;;
    remove_registry_entry) arguments="$flags$destroys --registry --key --pid --timeout-ms --format --dry-run --force --node" ;;
    search_registry_by_metadata) arguments="$flags --metadata --registry --page --per-page --format --node" ;;
    list_registry_contents) arguments="$flags --registry --key --page --per-page --format --node" ;;
    esac
    case "$operation ${before//_/-}" in
    "list_processes --type") values="supervisor genserver task agent worker" ;;
    "list_processes --behavior") values="gen_server gen_statem supervisor gen_event gen_fsm supervisor_bridge" ;;
    "list_processes --status") values="waiting running runnable suspended garbage_collecting exiting" ;;
    "list_processes --sort") values="name memory queue_length reductions" ;;
    "list_processes --order") values="asc desc" ;;
    "get_process --include") values="state links monitors dictionary stack_trace" ;;
    "trace_failure_impact --reason") values="error shutdown normal" ;;
    "list_all_processes --type") values="supervisor genserver task agent worker" ;;
    "list_all_processes --behavior") values="gen_server gen_statem supervisor gen_event gen_fsm supervisor_bridge" ;;
    "list_all_processes --status") values="waiting running runnable suspended garbage_collecting exiting" ;;
    "list_all_processes --sort") values="name memory queue_length reductions" ;;
    "list_all_processes --order") values="asc desc" ;;
    "list_registered_processes --type") values="supervisor genserver task agent worker" ;;
    "list_registered_processes --behavior") values="gen_server gen_statem supervisor gen_event gen_fsm supervisor_bridge" ;;
    "list_registered_processes --status") values="waiting running runnable suspended garbage_collecting exiting" ;;
    "list_registered_processes --sort") values="name memory queue_length reductions" ;;
    "list_registered_processes --order") values="asc desc" ;;
    "list_supervisor_processes --type") values="supervisor genserver task agent worker" ;;
    "list_supervisor_processes --behavior") values="gen_server gen_statem supervisor gen_event gen_fsm supervisor_bridge" ;;
    "list_supervisor_processes --status") values="waiting running runnable suspended garbage_collecting exiting" ;;
    "list_supervisor_processes --sort") values="name memory queue_length reductions" ;;
    "list_supervisor_processes --order") values="asc desc" ;;
    "list_genserver_processes --type") values="supervisor genserver task agent worker" ;;
    "list_genserver_processes --behavior") values="gen_server gen_statem supervisor gen_event gen_fsm supervisor_bridge" ;;
    "list_genserver_processes --status") values="waiting running runnable suspended garbage_collecting exiting" ;;
    "list_genserver_processes --sort") values="name memory queue_length reductions" ;;
    "list_genserver_processes --order") values="asc desc" ;;
    "list_gen_event_processes --type") values="supervisor genserver task agent worker" ;;
    "list_gen_event_processes --behavior") values="gen_server gen_statem supervisor gen_event gen_fsm supervisor_bridge" ;;
    "list_gen_event_processes --status") values="waiting running runnable suspended garbage_collecting exiting" ;;
    "list_gen_event_processes --sort") values="name memory queue_length reductions" ;;
    "list_gen_event_processes --order") values="asc desc" ;;
    "list_gen_statem_processes --type") values="supervisor genserver task agent worker" ;;
    "list_gen_statem_processes --behavior") values="gen_server gen_statem supervisor gen_event gen_fsm supervisor_bridge" ;;
    "list_gen_statem_processes --status") values="waiting running runnable suspended garbage_collecting exiting" ;;
    "list_gen_statem_processes --sort") values="name memory queue_length reductions" ;;
    "list_gen_statem_processes --order") values="asc desc" ;;
    "list_application_processes --type") values="supervisor genserver task agent worker" ;;
    "list_application_processes --behavior") values="gen_server gen_statem supervisor gen_event gen_fsm supervisor_bridge" ;;
    "list_application_processes --status") values="waiting running runnable suspended garbage_collecting exiting" ;;
    "list_application_processes --sort") values="name memory queue_length reductions" ;;
    "list_application_processes --order") values="asc desc" ;;
    "start_process --priority") values="low normal high" ;;
    "start_process --message-queue-data") values="on_heap off_heap" ;;
    "start_process --as") values="process start_function" ;;
    "start_process --format") values="term erlang json" ;;
    "start_link_process --priority") values="low normal high" ;;
    "start_link_process --message-queue-data") values="on_heap off_heap" ;;
    "start_link_process --as") values="process start_function" ;;
    "start_link_process --format") values="term erlang json" ;;
    "start_monitor_process --priority") values="low normal high" ;;
    "start_monitor_process --message-queue-data") values="on_heap off_heap" ;;
    "start_monitor_process --as") values="process start_function" ;;
    "start_monitor_process --format") values="term erlang json" ;;
    "spawn_process --priority") values="low normal high" ;;
    "spawn_process --message-queue-data") values="on_heap off_heap" ;;
    "spawn_process --format") values="term erlang json" ;;
    "spawn_link_process --priority") values="low normal high" ;;
    "spawn_link_process --message-queue-data") values="on_heap off_heap" ;;
    "spawn_link_process --format") values="term erlang json" ;;
    "spawn_monitor_process --priority") values="low normal high" ;;
    "spawn_monitor_process --message-queue-data") values="on_heap off_heap" ;;
    "spawn_monitor_process --format") values="term erlang json" ;;
    "kill_process --format") values="term erlang json" ;;
    "send_exit_signal --format") values="term erlang json" ;;
    "shutdown_process --method") values="process supervisor" ;;
    "suspend_process --mode") values="scheduler system" ;;
    "resume_process --mode") values="scheduler system" ;;
    "set_process_priority --priority") values="low normal high max" ;;
    "garbage_collect_process --type") values="major minor" ;;
    "send_message --format") values="term erlang json" ;;
    "send_message_after --format") values="term erlang json" ;;
    "cast_message --format") values="term erlang json" ;;
    "call_process --format") values="term erlang json" ;;
    "call_process_sync --format") values="term erlang json" ;;
    "message_process --type") values="send cast call" ;;
    "message_process --format") values="term erlang json" ;;
    "multi_call_processes --format") values="term erlang json" ;;
    "broadcast_message --type") values="send cast" ;;
    "broadcast_message --format") values="term erlang json" ;;
    "selective_send --behaviour") values="gen_server gen_statem gen_event gen_fsm supervisor plain" ;;
    "selective_send --type") values="send cast" ;;
    "selective_send --format") values="term erlang json" ;;
    "peek_message_queue --source") values="mailbox trace" ;;
    "search_mailbox --kind") values="call cast event system exit down timer reply io port info" ;;
    "search_mailbox --format") values="term erlang json" ;;
    "filter_message_queue --kind") values="call cast event system exit down timer reply io port info" ;;
    "filter_message_queue --format") values="term erlang json" ;;
    "prioritize_message_queue --kind") values="call cast event system exit down timer reply io port info" ;;
    "prioritize_message_queue --format") values="term erlang json" ;;
    "compact_mailbox --stored") values="on_heap off_heap" ;;
    "list_supervisors --type") values="Supervisor DynamicSupervisor PartitionSupervisor Task.Supervisor supervisor2 mirrored_supervisor ranch_conns_sup" ;;
    "list_supervisors --strategy") values="one_for_one one_for_all rest_for_one simple_one_for_one" ;;
    "list_supervisors --health") values="healthy degraded critical" ;;
    "list_supervisors --include") values="children analytics performance" ;;
    "get_supervisor --include") values="children tree analytics performance history" ;;
    "build_supervision_tree --format") values="json graph mermaid" ;;
    "start_supervisor --restart") values="permanent transient temporary" ;;
    "start_supervisor --strategy") values="one_for_one one_for_all rest_for_one simple_one_for_one" ;;
    "start_supervisor --format") values="term erlang json" ;;
    "start_supervisor_link --strategy") values="one_for_one one_for_all rest_for_one simple_one_for_one" ;;
    "start_supervisor_link --format") values="term erlang json" ;;
    "restart_supervisor --target") values="supervisor children child child_id" ;;
    "set_supervisor_flags --strategy") values="one_for_one one_for_all rest_for_one simple_one_for_one" ;;
    "set_supervisor_flags --auto-shutdown") values="never any_significant all_significant" ;;
    "change_supervisor_strategy --strategy") values="one_for_one one_for_all rest_for_one simple_one_for_one" ;;
    "test_restart_strategy --strategy") values="one_for_one one_for_all rest_for_one simple_one_for_one" ;;
    "test_restart_strategy --reason") values="crash normal shutdown" ;;
    "simulate_supervisor_failure --scenario") values="child_crash supervisor_crash cascade_failure restart_intensity" ;;
    "add_child --format") values="term erlang json" ;;
    "add_dynamic_child --format") values="term erlang json" ;;
    "start_temporary_child --format") values="term erlang json" ;;
    "start_transient_child --format") values="term erlang json" ;;
    "start_permanent_child --format") values="term erlang json" ;;
    "replace_child_spec --mode") values="in_place delete_and_start" ;;
    "replace_child_spec --format") values="term erlang json" ;;
    "start_application --type") values="temporary transient permanent" ;;
    "set_application_env --format") values="term erlang json" ;;
    "load_application_config --format") values="term erlang json" ;;
    "get_system_topology --format") values="json dot svg png" ;;
    "get_system_topology --cluster-by") values="supervisor application module" ;;
    "generate_system_report --format") values="json markdown pdf" ;;
    "diff_genserver_states --format") values="term erlang json" ;;
    "list_kept_states --kind") values="backup checkpoint persisted" ;;
    "remove_kept_state --kind") values="backup checkpoint persisted" ;;
    "get_process_info --keys") values="registered_name initial_call status message_queue_len message_queue_data trap_exit priority group_leader parent heap_size total_heap_size stack_size memory reductions min_heap_size fullsweep_after garbage_collection current_function current_location links monitors monitored_by error_handler catchlevel label suspending max_heap_size async_dist priority_messages" ;;
    "set_genserver_state --format") values="term erlang json" ;;
    "update_genserver_state --action") values="put delete" ;;
    "update_genserver_state --format") values="term erlang json" ;;
    "validate_genserver_state --format") values="term erlang json" ;;
    "migrate_process_state --format") values="term erlang json" ;;
    "register_process_globally --resolve") values="random_exit_name random_notify_name notify_all_name" ;;
    "register_process_globally --format") values="term erlang json" ;;
    "unregister_process_globally --format") values="term erlang json" ;;
    "global_whereis_name --format") values="term erlang json" ;;
    "create_process_group --format") values="term erlang json" ;;
    "join_process_group --format") values="term erlang json" ;;
    "leave_process_group --format") values="term erlang json" ;;
    "list_process_groups --format") values="term erlang json" ;;
    "broadcast_to_group --format") values="term erlang json" ;;
    "register_process_with_metadata --format") values="term erlang json" ;;
    "update_process_metadata --format") values="term erlang json" ;;
    "remove_registry_entry --format") values="term erlang json" ;;
    "search_registry_by_metadata --format") values="term erlang json" ;;
    "list_registry_contents --format") values="term erlang json" ;;
    esac
    case $before in
    --state | --config | --cookie-file | --key-file)
        COMPREPLY=($(compgen -f -- "$word"))
        return
        ;;
    esac
    if [[ $word == -* && $operation != help ]]; then
        values=$arguments
    elif [[ $word == @* ]]; then
        COMPREPLY=($(compgen -P @ -f -- "${word#@}"))
        return
    fi
    COMPREPLY=($(compgen -W "$values" -- "$word"))
}

complete -F _whitebeam whitebeam
