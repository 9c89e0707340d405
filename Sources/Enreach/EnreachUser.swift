public import FoundationEssentials

/// A user of the organisation (`GET /users`).
public struct EnreachUser: Sendable, Equatable {
    /// The user id that Dynamics users carry as "Enreach User Id".
    public var id: UUID?
    /// Log-on name, e-mail form.
    public var userName: String?
    public var organisationID: UUID?
    public var email: String?
    public var firstName: String?
    public var lastName: String?
    public var workNumber: String?
    public var mobileNumber: String?
    public var unreadable: [AnswerField] = []
    public var raw: [UInt8] = []

    public init() {}
}

extension EnreachUser: AnswerElement {
    static let prefix = "user."

    mutating func read(_ field: AnswerField, _ value: inout ValueReader) throws(JSONSyntaxError) {
        switch field {
        case .userID: id = try value.uuid()
        case .userUserName: userName = try value.text()
        case .userOrganisationID: organisationID = try value.uuid()
        case .userEmail: email = try value.text()
        case .userFirstName: firstName = try value.text()
        case .userLastName: lastName = try value.text()
        case .userWorkNumber: workNumber = try value.text()
        case .userMobileNumber: mobileNumber = try value.text()
        default: try value.skip()
        }
    }
}
