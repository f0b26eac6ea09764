using Experiments;

return ExperimentsCommandLine.Run(args);
