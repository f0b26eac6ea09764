namespace Road.Torch.Weights.PyTorch;

/// <summary>The instructions of the pickle protocols 0 to 5, as Python's <c>pickletools</c> documents them.</summary>
internal enum PickleOpcode : byte
{
    /// <summary>Remembers where the stack stands.</summary>
    Mark = (byte)'(',

    /// <summary>Ends the pickle; its value is on the stack.</summary>
    Stop = (byte)'.',

    /// <summary>Drops the value on top, or the mark.</summary>
    Pop = (byte)'0',

    /// <summary>Drops everything down to the mark.</summary>
    PopMark = (byte)'1',

    /// <summary>Repeats the value on top.</summary>
    Dup = (byte)'2',

    /// <summary>A float in decimal digits.</summary>
    Float = (byte)'F',

    /// <summary>An integer or a boolean in decimal digits.</summary>
    Int = (byte)'I',

    /// <summary>A signed integer of 4 bytes.</summary>
    BinInt = (byte)'J',

    /// <summary>An integer of 1 byte.</summary>
    BinInt1 = (byte)'K',

    /// <summary>A long integer in decimal digits.</summary>
    Long = (byte)'L',

    /// <summary>An integer of 2 bytes.</summary>
    BinInt2 = (byte)'M',

    /// <summary>None.</summary>
    None = (byte)'N',

    /// <summary>A persistent identifier as text.</summary>
    PersistentId = (byte)'P',

    /// <summary>A persistent identifier from the stack.</summary>
    BinPersistentId = (byte)'Q',

    /// <summary>Calls a global.</summary>
    Reduce = (byte)'R',

    /// <summary>A quoted text.</summary>
    String = (byte)'S',

    /// <summary>A text behind 4 bytes of length.</summary>
    BinString = (byte)'T',

    /// <summary>A text behind 1 byte of length.</summary>
    ShortBinString = (byte)'U',

    /// <summary>A text to the end of the line.</summary>
    Unicode = (byte)'V',

    /// <summary>A UTF-8 text behind 4 bytes of length.</summary>
    BinUnicode = (byte)'X',

    /// <summary>Bytes behind 4 bytes of length.</summary>
    BinBytes = (byte)'B',

    /// <summary>Bytes behind 1 byte of length.</summary>
    ShortBinBytes = (byte)'C',

    /// <summary>Appends one value to a list.</summary>
    Append = (byte)'a',

    /// <summary>Sets an object's state.</summary>
    Build = (byte)'b',

    /// <summary>Names a global, in two lines.</summary>
    Global = (byte)'c',

    /// <summary>A dictionary of what follows the mark.</summary>
    Dict = (byte)'d',

    /// <summary>An empty dictionary.</summary>
    EmptyDict = (byte)'}',

    /// <summary>Appends what follows the mark to a list.</summary>
    Appends = (byte)'e',

    /// <summary>Fetches a remembered value, its number in digits.</summary>
    Get = (byte)'g',

    /// <summary>Fetches a remembered value, its number in 1 byte.</summary>
    BinGet = (byte)'h',

    /// <summary>Makes an instance of a global named in two lines.</summary>
    Inst = (byte)'i',

    /// <summary>Fetches a remembered value, its number in 4 bytes.</summary>
    LongBinGet = (byte)'j',

    /// <summary>A list of what follows the mark.</summary>
    List = (byte)'l',

    /// <summary>An empty list.</summary>
    EmptyList = (byte)']',

    /// <summary>Makes an instance of a global on the stack.</summary>
    Obj = (byte)'o',

    /// <summary>Remembers the value on top, its number in digits.</summary>
    Put = (byte)'p',

    /// <summary>Remembers the value on top, its number in 1 byte.</summary>
    BinPut = (byte)'q',

    /// <summary>Remembers the value on top, its number in 4 bytes.</summary>
    LongBinPut = (byte)'r',

    /// <summary>Sets one pair of a dictionary.</summary>
    SetItem = (byte)'s',

    /// <summary>A tuple of what follows the mark.</summary>
    Tuple = (byte)'t',

    /// <summary>An empty tuple.</summary>
    EmptyTuple = (byte)')',

    /// <summary>Sets the pairs that follow the mark.</summary>
    SetItems = (byte)'u',

    /// <summary>A float of 8 bytes.</summary>
    BinFloat = (byte)'G',

    /// <summary>The protocol's number.</summary>
    Proto = 0x80,

    /// <summary>Makes an instance of a global.</summary>
    NewObj = 0x81,

    /// <summary>A global by its number, 1 byte.</summary>
    Ext1 = 0x82,

    /// <summary>A global by its number, 2 bytes.</summary>
    Ext2 = 0x83,

    /// <summary>A global by its number, 4 bytes.</summary>
    Ext4 = 0x84,

    /// <summary>A tuple of the value on top.</summary>
    Tuple1 = 0x85,

    /// <summary>A tuple of two values.</summary>
    Tuple2 = 0x86,

    /// <summary>A tuple of three values.</summary>
    Tuple3 = 0x87,

    /// <summary>True.</summary>
    NewTrue = 0x88,

    /// <summary>False.</summary>
    NewFalse = 0x89,

    /// <summary>An integer behind 1 byte of length.</summary>
    Long1 = 0x8a,

    /// <summary>An integer behind 4 bytes of length.</summary>
    Long4 = 0x8b,

    /// <summary>A UTF-8 text behind 1 byte of length.</summary>
    ShortBinUnicode = 0x8c,

    /// <summary>A UTF-8 text behind 8 bytes of length.</summary>
    BinUnicode8 = 0x8d,

    /// <summary>Bytes behind 8 bytes of length.</summary>
    BinBytes8 = 0x8e,

    /// <summary>An empty set.</summary>
    EmptySet = 0x8f,

    /// <summary>Adds what follows the mark to a set.</summary>
    AddItems = 0x90,

    /// <summary>A frozen set of what follows the mark.</summary>
    FrozenSet = 0x91,

    /// <summary>Makes an instance of a global, with keywords.</summary>
    NewObjEx = 0x92,

    /// <summary>Names a global by two texts on the stack.</summary>
    StackGlobal = 0x93,

    /// <summary>Remembers the value on top under the next number.</summary>
    Memoize = 0x94,

    /// <summary>Says how many bytes can be read ahead.</summary>
    Frame = 0x95,

    /// <summary>Bytes that can change, behind 8 bytes of length.</summary>
    ByteArray8 = 0x96,

    /// <summary>Bytes from outside the pickle.</summary>
    NextBuffer = 0x97,

    /// <summary>Marks such bytes as not to be written to.</summary>
    ReadOnlyBuffer = 0x98,
}
