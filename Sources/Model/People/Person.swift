public import FoundationEssentials

/// A user of Dynamics, with the Enreach user he or she is.
public struct Person: Sendable, Hashable {
    public var systemUserID: UUID
    public var enreachUserID: UUID?
    public var name: String
    public var email: String?
    public var mobile: PhoneNumber
    public var isDisabled: Bool

    public init(
        systemUserID: UUID, enreachUserID: UUID?, name: String, email: String? = nil, mobile: PhoneNumber = .withheld,
        isDisabled: Bool = false
    ) {
        self.systemUserID = systemUserID
        self.enreachUserID = enreachUserID
        self.name = name
        self.email = email
        self.mobile = mobile
        self.isDisabled = isDisabled
    }
}
