extension DynamicsFault {
    /// Reads the answer's body: the service's error document, one without the wrapper, or whatever a gateway sent.
    public init(status: Int, body: [UInt8]) {
        self.init(status: status)
        guard case .object(let document)? = ODataValue(json: body) else {
            bodyStart = Self.beginning(of: body)
            return
        }
        let error = document["error"]?.row ?? document
        code = Self.normalised(error["code"] ?? error["Code"] ?? error["ErrorCode"])
        message =
            error.string("message") ?? error.string("Message") ?? error.string("error_description")
            ?? document.string("error") ?? ""
        if code.isEmpty, message.isEmpty { bodyStart = Self.beginning(of: body) }
        missing = Self.missingRow(in: message)
    }

    /// `0x` and eight lower-case digits from hex in any case or from a decimal of either sign; a word is kept by
    /// ``word(_:)``.
    static func normalised(_ value: ODataValue?) -> String {
        let text: String
        switch value {
        case .string(let string)?: text = string.trimmingPrefix(while: \.isWhitespace).lowercased()
        case .number(let number)?: text = number
        default: return ""
        }
        if text.hasPrefix("0x"), let number = UInt32(text.dropFirst(2), radix: 16) { return hex(number) }
        if let number = Int64(text), let code = UInt32(exactly: number) ?? Int32(exactly: number).map(UInt32.init(bitPattern:)) {
            return hex(code)
        }
        return word(text)
    }

    /// At most 64 characters of what stands for a code, and no control character: it is stored.
    static func word(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(64).map { $0.value < 0x20 ? " " : $0 }))
    }

    private static func hex(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    /// The row named by "Entity 'Contact' With Id = … Does Not Exist", "Contact With Id = … Does Not Exist" or "… With Ids = … Do Not
    /// Exist"; nil when the text says nothing of the kind.
    static func missingRow(in message: String) -> MissingRow? {
        guard message.containsIgnoringCase("not exist") else { return nil }
        let pattern = /(?i)(?:entity\s+)?['"]?([A-Za-z_][A-Za-z0-9_]*)['"]?\s+with\s+ids?\s*=\s*\{?([0-9a-f-]{36})?/
        guard let match = message.firstMatch(of: pattern) else { return nil }
        return MissingRow(entity: String(match.1), id: match.2.map { $0.lowercased() } ?? "")
    }

    /// The first 300 bytes, on one line.
    static func beginning(of body: [UInt8]) -> String? {
        let text = String(decoding: body.prefix(300), as: UTF8.self)
        let flat = text.map { $0.isNewline || $0 == "\t" ? " " : $0 }
        return flat.isEmpty ? nil : String(flat)
    }
}

extension String {
    /// Whether the ASCII text occurs, whatever its case.
    func containsIgnoringCase(_ text: String) -> Bool { lowercased().contains(text.lowercased()) }
}
