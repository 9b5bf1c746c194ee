using System.Runtime.Versioning;
using OmeZarr.Faults;

[assembly: SupportedOSPlatform("linux")]

return FaultsProgram.Run(args);
