// The fuzzer of tests/AbiTests/fuzz against the published library, for as long as one likes.

void RunFuzzer()
{
    var tests = $"{root}/tests/AbiTests";
    var program = $"{artifacts}/fuzz";
    var scratch = $"{artifacts}/fuzz-scratch";
    // Another one each time, and told, so that a finding can be played again.
    var seed = Argument("seed", DateTime.UtcNow.Ticks.ToString());
    string[] replay = HasArgument("only") ? ["--only", Argument<string>("only")] : ["--seconds", Argument("seconds", "60")];
    string[] kinds = HasArgument("what") ? [Argument<string>("what")] : ["settings", "metadata", "calls"];
    Run("cc", ["-std=c99", "-O1", "-g", "-fsanitize=address", $"-I{root}/native-headers", .. GetFiles($"{tests}/fuzz/*.c").Select(f => f.FullPath),
        $"{PackageFolder(rid)}/{LibraryName(rid)}", $"-Wl,-rpath,{PackageFolder(rid)}", "-pthread", "-lm", "-o", program]);
    foreach (var what in kinds)
    {
        CleanDirectory(scratch);
        Run("env", ["ASAN_OPTIONS=handle_segv=0:allow_user_segv_handler=1:detect_leaks=0:quarantine_size_mb=1", program, what,
            "--scratch", scratch, "--corpus", $"{tests}/corpus", "--seed", seed, .. replay]);
    }
}
