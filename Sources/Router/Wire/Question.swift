/// What Enreach asks: the body of a request, read.
struct Question: Equatable {
    struct Extra: Equatable {
        var name: String
        var value: String
    }

    var anum: String
    var bnum: String
    var targetID: String?
    var callID: String?
    var isInternal: Bool?
    /// The texts of `extradata`, CallId excepted, in their order.
    var extras: [Extra] = []

    /// Most bytes of a text, and most members of `extradata` that are kept.
    static let mostText = 256
    static let mostExtras = 32

    /// Why a body is no question, in words for whoever sent it.
    struct Problem: Error, Equatable {
        var detail: String
    }

    /// - Throws: `Problem`.
    init(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
        var json = JSONReader(bytes)
        guard json.isValidUTF8 else { throw Problem(detail: "The body is not UTF-8.") }
        var anum: String?
        var bnum: String?
        (self.anum, self.bnum) = ("", "")
        do {
            try json.object { (name, json) throws(JSONReader.Failure) in
                switch name {
                case "anum": anum = try json.text(name)
                case "bnum": bnum = try json.text(name)
                case "targetid": targetID = try json.optionalText(name)
                case "extradata": try readExtras(&json)
                default: try json.skip()
                }
            }
            try json.end()
        } catch {
            throw Problem(detail: error.detail)
        }
        guard let anum else { throw Problem(detail: "`anum` is missing.") }
        guard let bnum, !bnum.isEmpty else { throw Problem(detail: "`bnum` is missing.") }
        (self.anum, self.bnum) = (anum, bnum)
    }

    private mutating func readExtras(_ json: inout JSONReader) throws(JSONReader.Failure) {
        if json.takeNull() { return }
        try json.object { (name, json) throws(JSONReader.Failure) in
            switch name {
            case "CallId": callID = try json.optionalText(name)
            case "IsInternalCaller": isInternal = try json.optionalFlag(name)
            default:
                // Whatever else comes is taken if it is a text, and let be if not.
                if json.isText, extras.count < Self.mostExtras, name.utf8.count <= 64 {
                    extras.append(Extra(name: name, value: try json.text(name)))
                } else {
                    try json.skip()
                }
            }
        }
    }
}
