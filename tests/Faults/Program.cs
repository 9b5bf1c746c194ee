using OmeZarr.Faults;

return FaultsProgram.Run(args);
