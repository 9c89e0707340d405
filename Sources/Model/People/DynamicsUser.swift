public import FoundationEssentials

/// A user of Dynamics, as far as it decides which Enreach user he or she is.
public struct DynamicsUser: Sendable, Hashable {
    public var id: UUID
    public var name: String
    public var email: String?
    /// Enreach User Email: filled only where the e-mail in Enreach differs.
    public var enreachEmail: String?
    /// What stands in the column Enreach User Id, as it came.
    public var enreachID: String?
    public var mobile: PhoneNumber
    public var isDisabled: Bool

    public init(
        id: UUID, name: String, email: String?, enreachEmail: String? = nil, enreachID: String? = nil,
        mobile: PhoneNumber = .withheld, isDisabled: Bool = false
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.enreachEmail = enreachEmail
        self.enreachID = enreachID
        self.mobile = mobile
        self.isDisabled = isDisabled
    }

    /// The address to look for among Enreach's: Enreach User Email where it is filled.
    public var matchingEmail: String? { EmailKey(enreachEmail)?.text ?? EmailKey(email)?.text }
}

/// A user of Enreach, as far as it decides which Dynamics user he or she is.
public struct EnreachPerson: Sendable, Hashable {
    public var id: UUID
    public var name: String
    /// The e-mail address; the log-on name where Enreach tells none.
    public var email: String?

    public init(id: UUID, name: String, email: String?) {
        self.id = id
        self.name = name
        self.email = email
    }
}

/// An e-mail address as two of them are compared: without outer blanks and regard to case.
struct EmailKey: Hashable {
    let text: String

    /// Nil: there is no address.
    init?(_ address: String?) {
        guard let trimmed = address?.trimmingBlanks(), !trimmed.isEmpty else { return nil }
        text = trimmed.lowercased()
    }
}
