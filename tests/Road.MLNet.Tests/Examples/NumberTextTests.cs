using System.Globalization;

namespace Road.MLNet.Tests.Examples;

/// <summary>How the examples read numbers, whatever the culture.</summary>
[TestClass]
public sealed class NumberTextTests
{
    /// <summary>The separators of cultures. The tests run without the cultures' data, so that they are made here.</summary>
    public static IEnumerable<object[]> Cultures =>
    [
        ["invariant", ".", ","],
        ["de-DE", ",", "."],
        ["fr-FR", ",", "\u202f"],
    ];

    [TestMethod]
    [DynamicData(nameof(Cultures))]
    public void WhatIsNoNumberOfProgramsIsRefusedWithWhatToWrite(string name, string point, string group) => In(name, point, group, () =>
    {
        AssertRefused<double>("0,001", "'0,001' is not a number: write 0.001");
        AssertRefused<double>("0,1", "'0,1' is not a number: write 0.1");
        AssertRefused<double>("1,000", "'1,000' is not a number: write 1.000 or 1000");
        AssertRefused<double>("1,234.5", "'1,234.5' is not a number: write 1234.5");
        AssertRefused<double>("1.234,5", "'1.234,5' is not a number: write 1234.5");
        AssertRefused<double>("1\u202f234,5", "'1\u202f234,5' is not a number: write 1234.5");
        AssertRefused<double>(" 0.1", "' 0.1' is not a number: write 0.1");
        AssertRefused<double>("0.1 ", "'0.1 ' is not a number: write 0.1");
        AssertRefused<double>("−1", "'−1' is not a number: write -1");
        AssertRefused<double>("NaN", "'NaN' is not a number");
        AssertRefused<double>("Infinity", "'Infinity' is not a number");
        AssertRefused<double>("", "'' is not a number");
        AssertRefused<double>("0x10", "'0x10' is not a number");
        AssertRefused<double>("(1)", "'(1)' is not a number");
        AssertRefused<double>("1e999", "'1e999' is out of range: it must be -1.7976931348623157E+308 to 1.7976931348623157E+308");
        AssertRefused<int>("20,000", "'20,000' is not a whole number: write 20000");
        AssertRefused<int>("20.000", "'20.000' is not a whole number: write 20000");
        AssertRefused<int>("20 000", "'20 000' is not a whole number: write 20000");
        AssertRefused<int>("0,001", "'0,001' is not a whole number");
        AssertRefused<int>("1.5", "'1.5' is not a whole number");
        AssertRefused<int>("1e3", "'1e3' is not a whole number");
        AssertRefused<int>("3000000000", "'3000000000' is out of range: it must be -2147483648 to 2147483647");
        AssertRefused<long>(
            "9223372036854775808", "'9223372036854775808' is out of range: it must be -9223372036854775808 to 9223372036854775807");
    });

    [TestMethod]
    [DynamicData(nameof(Cultures))]
    public void NumbersOfProgramsAreReadAlike(string name, string point, string group) => In(name, point, group, () =>
    {
        Assert.AreEqual(0.001, Read<double>("0.001"));
        Assert.AreEqual(2.5e-4, Read<double>("2.5e-4"));
        Assert.AreEqual(-0.5, Read<double>("-.5"));
        Assert.AreEqual(1.0, Read<double>("+1"));
        Assert.AreEqual(-20_000, Read<int>("-20000"));
        Assert.AreEqual(3_000_000_000, Read<long>("3000000000"));
    });

    private static T Read<T>(string text)
        where T : System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T>
    {
        Assert.IsTrue(NumberText.TryRead(text, out T value, out string error), error);
        Assert.AreEqual(string.Empty, error);
        return value;
    }

    private static void AssertRefused<T>(string text, string expected)
        where T : System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T>
    {
        Assert.IsFalse(NumberText.TryRead(text, out T _, out string error), text);
        Assert.AreEqual(expected, error);
    }

    private static void In(string name, string point, string group, Action test)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = point;
        culture.NumberFormat.NumberGroupSeparator = group;
        CultureInfo.CurrentCulture = culture;
        try
        {
            Assert.AreEqual($"1{point}5", 1.5.ToString(culture), name);
            test();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
