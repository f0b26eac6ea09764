using Streets;

return StreetsCommandLine.Run(args);
