using Road.Reliability;

return ReliabilityCommandLine.Run(args);
