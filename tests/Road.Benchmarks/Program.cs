using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Road.Benchmarks;

if (args is ["budgets", ..])
{
    return Budgets.Run(args[1..]);
}

if (args is ["memory-of", string folder])
{
    return StreamBudgets.RunMemoryOf(folder);
}

if (args is ["compare", ..])
{
    return Comparison.Run(args[1..]);
}

if (args is ["profile", ..])
{
    return Profile.Run(args[1..]);
}

if (args is ["peak", ..])
{
    return PeakMemory.Run(args[1..]);
}

// In process: the native backend lies beside this executable and not beside one that a toolchain generates.
IConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Budgets).Assembly).Run(args, config);
return 0;
