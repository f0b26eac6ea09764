using System.Reflection;
using System.Reflection.Emit;
using TorchSharp;
using static TorchSharp.torch;

namespace Road.Torch.Tests;

/// <summary>
/// Every call that makes TorchSharp hand a Scalar to libtorch goes through <see cref="ScalarSafe"/>, checked in the
/// compiled code: the failure that it prevents shows itself once in many thousand calls.
/// </summary>
[TestClass]
public sealed class ScalarSafeTests
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields()
        .Select(field => field.GetValue(null)).OfType<OpCode>().ToDictionary(code => code.Value);

    private static readonly Dictionary<MethodBase, bool> Known = [];

    [TestMethod]
    public void NoOtherCodeMakesScalars()
    {
        List<string> found = [];
        foreach (Type type in typeof(ScalarSafe).Assembly.GetTypes().Where(type => type != typeof(ScalarSafe)))
        {
            const BindingFlags Declared =
                BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
            foreach (MethodBase method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
            {
                found.AddRange(Calls(method).Where(MakesScalar).Select(call => $"{type}.{method.Name} calls {call.DeclaringType}.{call}"));
            }
        }

        Assert.IsEmpty(found, string.Join(Environment.NewLine, found));
    }

    [TestMethod]
    public void ScalarsAreFoundWhereThereAreAny()
    {
        string[] names = [.. typeof(Careless).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => Calls(method).Any(MakesScalar)).Select(method => method.Name)];

        CollectionAssert.AreEquivalent(
            new[] { nameof(Careless.AddTensor), nameof(Careless.AddNumber), nameof(Careless.AddInPlace), nameof(Careless.Scale), nameof(
                Careless.Compare) }, names);
    }

    /// <summary>Whether a call makes a Scalar, itself or anywhere below inside TorchSharp.</summary>
    private static bool MakesScalar(MethodBase call)
    {
        if (call.DeclaringType == typeof(Scalar) || call.DeclaringType == typeof(ScalarExtensionMethods))
        {
            return true;
        }

        if (call.DeclaringType?.Assembly != typeof(Scalar).Assembly)
        {
            return false;
        }

        if (!Known.TryGetValue(call, out bool makes))
        {
            Known[call] = false;
            Known[call] = makes = Calls(call).Any(MakesScalar);
        }

        return makes;
    }

    private static IEnumerable<MethodBase> Calls(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            yield break;
        }

        Type[] typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int i = 0; i < code.Length;)
        {
            OpCode opCode = code[i] == 0xFE ? Codes[(short)(0xFE00 | code[i + 1])] : Codes[code[i]];
            i += opCode.Size;
            if (opCode.OperandType == OperandType.InlineMethod)
            {
                yield return method.Module.ResolveMethod(BitConverter.ToInt32(code, i), typeArguments, methodArguments)!;
            }

            i += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, i)),
                _ => 4,
            };
        }
    }

    /// <summary>What the check has to find, and what it has to let pass.</summary>
    private static class Careless
    {
        public static Tensor AddTensor(Tensor a, Tensor b) => a + b;

        public static Tensor AddNumber(Tensor a) => a + 1;

        public static Tensor AddInPlace(Tensor a, Tensor b) => a.add_(b);

        public static Tensor Scale(Tensor a) => a.mul(0.5);

        public static Tensor Compare(Tensor a) => a.ne(3);

        public static Tensor Multiply(Tensor a, Tensor b) => a.mul(b).sum();
    }
}
