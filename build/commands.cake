// Running programs, and what kind of machine this is.

// Runs a program with its output on the terminal; its failure ends the build.
void Run(string program, params string[] arguments)
{
    var exit = TryRun(program, arguments);
    if (exit != 0)
        throw new CakeException($"{program} {string.Join(' ', arguments)}: exit code {exit}");
}

int TryRun(string program, params string[] arguments) => StartProcess(program, new ProcessSettings { Arguments = Quoted(arguments) });

// Runs a program for what it prints; null when it fails.
string Output(string program, params string[] arguments)
{
    var exit = StartProcess(
        program,
        new ProcessSettings { Arguments = Quoted(arguments), RedirectStandardOutput = true, RedirectStandardError = true, Silent = true },
        out var lines,
        out _);
    return exit == 0 ? string.Join('\n', lines) : null;
}

ProcessArgumentBuilder Quoted(string[] arguments)
{
    var builder = new ProcessArgumentBuilder();
    foreach (var argument in arguments)
        builder.AppendQuoted(argument);
    return builder;
}

bool HasCommand(string name) => Context.Tools.Resolve(name) != null || Context.Tools.Resolve(name + ".exe") != null;

string HostRid()
{
    var system = IsRunningOnWindows() ? "win" : IsRunningOnMacOs() ? "osx" : "linux";
    return $"{system}-{System.Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
}

// A property of a project, as MSBuild resolves it.
string Property(string project, string name, params string[] options)
{
    var value = Output("dotnet", ["msbuild", project, $"-getProperty:{name}", .. options])?.Trim();
    return string.IsNullOrEmpty(value) ? throw new CakeException($"{project} has no property {name}.") : value;
}
