{application, playground,
 [{description, "The supervision tree that whitebeam demo shows"},
  {vsn, "0.1.0"},
  {modules, []},
  {registered, []},
  {applications, [kernel, stdlib, elixir, logger]},
  {mod, {'Elixir.Playground', []}}]}.
