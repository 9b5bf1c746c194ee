using OmeZarr.Litmus;

return LitmusProgram.Run(args);
