import Model

/// A call as Enreach asks about it: everything a decision depends on, besides the caller's facts and the rules.
package struct RouteCall: Sendable, Hashable {
    /// Who calls, as far as the number tells.
    package enum Caller: Sendable, Hashable {
        case number(E164)
        /// Withheld.
        case anonymous
        /// An address or a text that is no international number.
        case other

        /// Reads what the request says. Words such as `anonymous`, and an empty text, are withheld numbers; blanks, `00`, `tel:` and `sip:`
        /// are understood.
        package init(_ text: String) {
            if let number = E164(text) {
                self = .number(number)
                return
            }
            let read = PhoneNumber(text)
            if let number = read.e164.flatMap({ E164($0) }) {
                self = .number(number)
            } else {
                self = read.kind == .withheld ? .anonymous : .other
            }
        }
    }

    /// As received.
    package var anum: String
    package var caller: Caller
    /// As received.
    package var bnum: String
    /// The called number, where it is one.
    package var called: E164?
    package var targetID: String?
    package var callID: String?
    /// Enreach's own word on whether the caller is a colleague; nil when it did not say.
    package var isInternal: Bool?
    /// Further data by name, in the order of the request.
    package var extras: [Extra]
    /// Milliseconds since 1970.
    package var at: Int64
    /// What the caller's number would tell, where it is masked.
    package var told: Told?

    /// Answers of a masked number: it is kept with a decision so that the decision can be made again.
    package struct Told: Sendable, Hashable {
        /// The lists it stands on, by their keys.
        var lists: Set<String>
        /// What it drew, by the names of shares and pools.
        var lots: [String: Int]
    }

    package struct Extra: Sendable, Hashable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        anum: String, bnum: String, targetID: String? = nil, callID: String? = nil, isInternal: Bool? = nil, extras: [Extra] = [],
        at: Int64
    ) {
        self.anum = anum
        caller = Caller(anum)
        self.bnum = bnum
        called = Self.called(bnum)
        self.targetID = targetID
        self.callID = callID
        self.isInternal = isInternal
        self.extras = extras
        self.at = at
    }

    private static func called(_ text: String) -> E164? {
        if let number = E164(text) { return number }
        return PhoneNumber(text).e164.flatMap { E164($0) }
    }

    package func extra(_ name: String) -> String? { extras.first { $0.name == name }?.value }
}
