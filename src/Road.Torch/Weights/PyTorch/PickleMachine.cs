using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Road.Torch.Weights.PyTorch;

/// <summary>
/// Reads one pickle of a PyTorch file: plain values, ordered dictionaries, and tensors whose storages are persistent
/// identifiers. Any other global is refused by its name, and none is run. Values are <c>null</c>, <c>bool</c>,
/// <c>long</c>, <see cref="BigInteger"/>, <c>double</c>, <c>string</c>, <c>object?[]</c> for tuples, and the types of
/// this folder. Nothing here recurses, and what a pickle can make it hold is bounded by the file's length.
/// </summary>
internal sealed class PickleMachine
{
    // Longer text cannot be a name, and longer integers are none that a tensor needs.
    private const int MaximumTextLength = 4096;
    private const int MaximumLineLength = 4096;
    private const int MaximumIntegerLength = 16;
    private const int NewestProtocol = 5;

    // A tensor takes some 60 instructions and 300 bytes of pickle; an instruction of 1 byte can make an object of 40.
    private const long FreeInstructions = 250_000;
    private const long BytesPerInstruction = 64;
    private const long FreeLength = 1 << 22;
    private const long BytesPerPickleByte = 8;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly WeightsReader _reader;
    private readonly long _maximumInstructions;
    private readonly long _maximumLength;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private readonly Dictionary<string, TensorStorage> _storages = new(StringComparer.Ordinal);
    private long _copied;

    /// <summary>Prepares to read a pickle.</summary>
    /// <param name="reader">The bytes, at the pickle's first.</param>
    /// <param name="fileLength">The file's length, in bytes; more is allowed to a longer file.</param>
    public PickleMachine(WeightsReader reader, long fileLength)
    {
        _reader = reader;
        _maximumInstructions = FreeInstructions + (fileLength / BytesPerInstruction);
        _maximumLength = FreeLength + (fileLength / BytesPerPickleByte);
    }

    /// <summary>The storages that were named, each as it was first.</summary>
    public IReadOnlyDictionary<string, TensorStorage> Storages => _storages;

    // Marks bound what can be taken from the stack, as in Python.
    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    /// <summary>Reads the pickle to its end; the reader then stands behind it.</summary>
    /// <returns>Its value.</returns>
    /// <exception cref="InvalidDataException">The pickle is damaged, names another global, or is too long for its file.</exception>
    public object? Run()
    {
        long start = _reader.Position;
        for (long instruction = 0; instruction < _maximumInstructions; instruction++)
        {
            PickleOpcode opcode = (PickleOpcode)_reader.ReadByte();
            if (opcode == PickleOpcode.Stop)
            {
                return Pop();
            }

            Execute(opcode);
            if (_reader.Position - start > _maximumLength)
            {
                throw _reader.Damaged(
                    $"takes more than {_maximumLength} bytes, more than a state dictionary in a file of this length needs");
            }
        }

        throw _reader.Damaged(
            $"takes more than {_maximumInstructions} instructions, more than a state dictionary in a file of this length needs");
    }

    private void Execute(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Proto:
                byte protocol = _reader.ReadByte();
                if (protocol > NewestProtocol)
                {
                    throw _reader.Damaged($"has the protocol {protocol}; 0 to {NewestProtocol} are known");
                }

                break;
            case PickleOpcode.Frame:
                _reader.ReadUInt64();
                break;
            case PickleOpcode.Mark:
                _marks.Add(_stack.Count);
                break;
            case PickleOpcode.Pop when _marks.Count > 0 && _marks[^1] == _stack.Count:
            case PickleOpcode.PopMark:
                PopMark();
                break;
            case PickleOpcode.Pop:
                Pop();
                break;
            case PickleOpcode.Dup:
                _stack.Add(Peek());
                break;
            case PickleOpcode.None:
                _stack.Add(null);
                break;
            case PickleOpcode.NewTrue:
                _stack.Add(true);
                break;
            case PickleOpcode.NewFalse:
                _stack.Add(false);
                break;
            case PickleOpcode.Int or PickleOpcode.BinInt or PickleOpcode.BinInt1 or PickleOpcode.BinInt2
                or PickleOpcode.Long or PickleOpcode.Long1 or PickleOpcode.Long4 or PickleOpcode.Float or PickleOpcode.BinFloat:
                _stack.Add(ReadNumber(opcode));
                break;
            case PickleOpcode.String or PickleOpcode.BinString or PickleOpcode.ShortBinString or PickleOpcode.Unicode
                or PickleOpcode.BinUnicode or PickleOpcode.ShortBinUnicode or PickleOpcode.BinUnicode8:
                _stack.Add(ReadText(opcode));
                break;
            case PickleOpcode.BinBytes or PickleOpcode.ShortBinBytes or PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8:
                _reader.Skip(ReadLength(opcode));
                _stack.Add(PickleUnknown.Instance);
                break;
            case PickleOpcode.Put or PickleOpcode.BinPut or PickleOpcode.LongBinPut or PickleOpcode.Memoize:
                _memo[opcode == PickleOpcode.Memoize ? _memo.Count : ReadMemoIndex(opcode)] = Peek();
                break;
            case PickleOpcode.Get or PickleOpcode.BinGet or PickleOpcode.LongBinGet:
                long index = ReadMemoIndex(opcode);
                _stack.Add(_memo.TryGetValue(index, out object? value)
                    ? value
                    : throw _reader.Damaged($"fetches the value {index}, which it never stored"));
                break;
            case PickleOpcode.Global or PickleOpcode.StackGlobal:
                _stack.Add(ReadGlobal(opcode));
                break;
            case PickleOpcode.Reduce:
                _stack.Add(Reduce());
                break;
            case PickleOpcode.BinPersistentId:
                _stack.Add(ToStorage(Pop()));
                break;
            case PickleOpcode.Build:
                Build();
                break;
            case PickleOpcode.Inst:
                throw Refused(ReadLine(), ReadLine());
            default:
                ExecuteCollection(opcode);
                break;
        }
    }

    private void ExecuteCollection(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptyTuple:
                _stack.Add(Array.Empty<object?>());
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                _stack.Add(Take(opcode - PickleOpcode.Tuple1 + 1));
                break;
            case PickleOpcode.Tuple:
                _stack.Add(PopMark());
                break;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet:
                _stack.Add(new PickleList());
                break;
            case PickleOpcode.List or PickleOpcode.FrozenSet:
                PickleList list = new();
                list.Add(PopMark());
                _stack.Add(list);
                break;
            case PickleOpcode.Append:
                object?[] single = Take(1);
                PeekList().Add(single);
                break;
            case PickleOpcode.Appends or PickleOpcode.AddItems:
                object?[] items = PopMark();
                PeekList().Add(items);
                break;
            case PickleOpcode.EmptyDict:
                _stack.Add(new PickleDictionary());
                break;
            case PickleOpcode.Dict:
                PickleDictionary dictionary = new();
                AddPairs(dictionary, PopMark());
                _stack.Add(dictionary);
                break;
            case PickleOpcode.SetItem:
                object?[] pair = Take(2);
                AddPairs(PeekDictionary(), pair);
                break;
            case PickleOpcode.SetItems:
                object?[] pairs = PopMark();
                AddPairs(PeekDictionary(), pairs);
                break;
            default:
                string name = Enum.IsDefined(opcode) ? opcode.ToString() : $"0x{(byte)opcode:x2}";
                throw _reader.Damaged($"has the instruction {name} at byte {_reader.Position - 1}, which no state dictionary needs");
        }
    }

    private object ReadNumber(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.BinInt:
                return (long)(int)_reader.ReadUInt32();
            case PickleOpcode.BinInt1:
                return (long)_reader.ReadByte();
            case PickleOpcode.BinInt2:
                return (long)_reader.ReadUInt16();
            case PickleOpcode.BinFloat:
                return BitConverter.UInt64BitsToDouble(BinaryPrimitives.ReverseEndianness(_reader.ReadUInt64()));
            case PickleOpcode.Long1 or PickleOpcode.Long4:
                return ReadInteger(ReadLength(opcode));
        }

        string line = ReadLine();
        if (opcode == PickleOpcode.Float)
        {
            return double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double real) ? real : throw Malformed();
        }

        if (opcode == PickleOpcode.Int && line is "00" or "01")
        {
            return line == "01";
        }

        // Protocols 0 and 1 write PyTorch's magic number so.
        string digits = opcode == PickleOpcode.Long ? line.TrimEnd('L') : line;
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long small))
        {
            return small;
        }

        return digits.Length <= 40
            && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger large)
            ? large
            : throw Malformed();

        InvalidDataException Malformed() => _reader.Damaged($"has the malformed number {WeightsError.Quote(line)}");
    }

    private object ReadInteger(ulong length)
    {
        if (length > MaximumIntegerLength)
        {
            _reader.Skip(length);
            return PickleUnknown.Instance;
        }

        Span<byte> bytes = stackalloc byte[(int)length];
        _reader.Read(bytes);
        BigInteger value = new(bytes);
        if (value < long.MinValue || value > long.MaxValue)
        {
            return value;
        }

        return (long)value;
    }

    private object ReadText(PickleOpcode opcode)
    {
        if (opcode is PickleOpcode.String or PickleOpcode.Unicode)
        {
            // Escapes stand for characters that no tensor's name has.
            string line = ReadLine();
            bool isQuoted = opcode == PickleOpcode.String && line.Length >= 2 && line[0] == line[^1] && line[0] is '\'' or '"';
            return isQuoted ? line[1..^1] : line;
        }

        ulong length = ReadLength(opcode);
        if (length > MaximumTextLength)
        {
            _reader.Skip(length);
            return PickleUnknown.Instance;
        }

        byte[] bytes = new byte[length];
        _reader.Read(bytes);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // The strings of Python 2 may hold any bytes.
            return PickleUnknown.Instance;
        }
    }

    private ulong ReadLength(PickleOpcode opcode) => opcode switch
    {
        PickleOpcode.ShortBinString or PickleOpcode.ShortBinUnicode or PickleOpcode.ShortBinBytes or PickleOpcode.Long1 =>
            _reader.ReadByte(),
        PickleOpcode.BinString or PickleOpcode.BinUnicode or PickleOpcode.BinBytes or PickleOpcode.Long4 => _reader.ReadUInt32(),
        _ => _reader.ReadUInt64(),
    };

    private long ReadMemoIndex(PickleOpcode opcode) => opcode switch
    {
        PickleOpcode.BinPut or PickleOpcode.BinGet => _reader.ReadByte(),
        PickleOpcode.LongBinPut or PickleOpcode.LongBinGet => _reader.ReadUInt32(),
        _ => long.TryParse(ReadLine(), NumberStyles.None, CultureInfo.InvariantCulture, out long index)
            ? index
            : throw _reader.Damaged($"has a malformed number of a stored value before byte {_reader.Position}"),
    };

    private string ReadLine()
    {
        List<byte> bytes = [];
        for (byte next = _reader.ReadByte(); next != '\n'; next = _reader.ReadByte())
        {
            if (bytes.Count == MaximumLineLength)
            {
                throw _reader.Damaged($"has a line of more than {MaximumLineLength} bytes");
            }

            bytes.Add(next);
        }

        return Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
    }

    private PickleGlobal ReadGlobal(PickleOpcode opcode)
    {
        object?[] names = opcode == PickleOpcode.StackGlobal ? Take(2) : [ReadLine(), ReadLine()];
        return names is [string module, string name]
            ? PickleGlobal.Find(module, name) ?? throw Refused(module, name)
            : throw _reader.Damaged("names a global by something that is no text");
    }

    private InvalidDataException Refused(string module, string name) => _reader.Damaged(
        $"names the global {WeightsError.Quote($"{module}.{name}")}, which is refused: only tensors, ordered dictionaries and plain "
        + "values are read, and nothing is run");

    private object? Reduce()
    {
        object?[] call = Take(2);
        if (call is not [PickleGlobal global, object?[] arguments])
        {
            throw _reader.Damaged("calls something that is no global, or without a tuple of arguments");
        }

        return (global.Kind, arguments) switch
        {
            (PickleGlobalKind.OrderedDictionary, []) => new PickleDictionary(),
            (PickleGlobalKind.OrderedDictionary, [PickleList pairs]) => ToDictionary(pairs),
            (PickleGlobalKind.Set, [PickleList items]) => items,
            (PickleGlobalKind.Size, [object?[] extents]) => extents,
            (PickleGlobalKind.RebuildTensor, [TensorStorage storage, long offset, object?[] shape, object?[] strides]) =>
                new TensorView(storage, offset, shape, strides),
            (PickleGlobalKind.RebuildTensorV2, [TensorStorage storage, long offset, object?[] shape, object?[] strides, _, _, ..]) =>
                new TensorView(storage, offset, shape, strides),
            (PickleGlobalKind.RebuildParameter, [TensorView tensor, _, _]) => tensor,
            _ => throw _reader.Damaged($"calls the global {global.Kind} with arguments that it does not take"),
        };
    }

    private PickleDictionary ToDictionary(PickleList pairs)
    {
        // One list can be copied again by every few bytes of pickle.
        _copied += pairs.Items.Count;
        if (_copied > _maximumInstructions)
        {
            throw _reader.Damaged(
                $"makes ordered dictionaries of more than {_maximumInstructions} pairs, more than a file of this length needs");
        }

        PickleDictionary dictionary = new();
        foreach (object? item in pairs.Items)
        {
            switch (item)
            {
                case object?[] and [object key, var value]:
                    dictionary.Add(key, value);
                    break;
                case PickleList { Items: [object key, var value] }:
                    dictionary.Add(key, value);
                    break;
                default:
                    throw _reader.Damaged("makes an ordered dictionary of something other than pairs");
            }
        }

        return dictionary;
    }

    private TensorStorage ToStorage(object? identifier)
    {
        if (identifier is not object?[] parts
            || parts is not ["storage", PickleGlobal { Kind: PickleGlobalKind.Storage } type, string key, _, long count, ..] || count < 0)
        {
            throw _reader.Damaged($"has a persistent identifier at byte {_reader.Position - 1} that is no storage's");
        }

        TensorStorage storage = parts[5..] switch
        {
            [] or [null] => new TensorStorage(key, type.Type, count, 0, count),
            [object?[] and [string, long offset, long length]] when offset >= 0 && length >= 0 =>
                new TensorStorage(key, type.Type, count, offset, length),
            _ => throw _reader.Damaged($"has a malformed view of the storage {WeightsError.Quote(key)}"),
        };
        _storages.TryAdd(key, storage);
        return storage;
    }

    private void Build()
    {
        // An ordered dictionary's attributes, such as a state dictionary's _metadata, say nothing of its tensors.
        Pop();
        if (Peek() is not PickleDictionary)
        {
            throw _reader.Damaged($"sets the state of something that is no ordered dictionary, before byte {_reader.Position}");
        }
    }

    private void AddPairs(PickleDictionary dictionary, object?[] items)
    {
        if (items.Length % 2 != 0)
        {
            throw _reader.Damaged("has a dictionary with a key that has no value");
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            dictionary.Add(items[i], items[i + 1]);
        }
    }

    private object? Peek() => _stack.Count > Floor ? _stack[^1] : throw Underflow();

    private PickleList PeekList() =>
        Peek() as PickleList ?? throw _reader.Damaged($"appends to something that is no list, before byte {_reader.Position}");

    private PickleDictionary PeekDictionary() =>
        Peek() as PickleDictionary
            ?? throw _reader.Damaged($"sets an item of something that is no dictionary, before byte {_reader.Position}");

    private object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private object?[] Take(int count) => _stack.Count - count >= Floor ? TakeFrom(_stack.Count - count) : throw Underflow();

    private object?[] PopMark()
    {
        if (_marks.Count == 0)
        {
            throw Underflow();
        }

        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return TakeFrom(mark);
    }

    private object?[] TakeFrom(int start)
    {
        object?[] items = new object?[_stack.Count - start];
        _stack.CopyTo(start, items, 0, items.Length);
        _stack.RemoveRange(start, _stack.Count - start);
        return items;
    }

    private InvalidDataException Underflow() => _reader.Damaged($"takes more from its stack than there is, before byte {_reader.Position}");
}
