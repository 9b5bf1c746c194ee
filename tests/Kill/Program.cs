using OmeZarr.Kill;

return KillProgram.Run(args);
