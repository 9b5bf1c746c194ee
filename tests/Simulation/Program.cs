using OmeZarr.Simulation;

return SimulationProgram.Run(args);
