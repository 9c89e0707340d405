/// What the sign-in service answered instead of a token.
struct SignInFailure: Error, Sendable {
    /// The number after `AADSTS`; nil when the answer names none.
    var number: Int?
    /// OAuth's word, for example `invalid_client`.
    var error: String
    /// The HTTP status; 0 when there was no answer.
    var status: Int
    var retryAfter: Double?
    /// Where the answer's clock is against ours, in seconds; nil when it has no date.
    var clockOffset: Double?
    /// There was no answer because the certificate is not trusted.
    var isUntrusted = false

    /// Reads an OAuth error document, or anything else.
    init(status: Int, body: [UInt8], retryAfter: Double? = nil, clockOffset: Double? = nil) {
        self.status = status
        self.retryAfter = retryAfter
        self.clockOffset = clockOffset
        let document = ODataValue(json: body)?.row
        error = DynamicsFault.word(document?.string("error") ?? "")
        let text = document?.string("error_description") ?? ""
        number =
            document?["error_codes"]?.array?.first?.int
            ?? text.firstMatch(of: /AADSTS([0-9]+)/).flatMap { Int($0.1) }
    }

    /// No answer at all.
    init(unreachable: any Error) {
        status = 0
        error = String(describing: type(of: unreachable))
        isUntrusted = TrustFailure.isOne(unreachable)
    }

    /// Whether waiting may help, with nobody doing anything.
    var isTransient: Bool {
        number == 50196 || number == 90033 || status == 0 || status == 429 || status == 408 || status >= 500
    }

    /// Whether another credential may be accepted where this one was not.
    var isAboutTheCredential: Bool {
        switch number {
        case 7_000_215, 7_000_222, 700_027, 700_024, 700_211, 700_212, 700_213: true
        case .some: false
        case nil: error == "invalid_client" || error == "unauthorized_client"
        }
    }

    var code: String { number.map { "AADSTS\($0)" } ?? (error.isEmpty ? "HTTP \(status)" : error) }

    /// What an operator should read and do.
    var operatorText: String {
        switch number {
        case _ where isUntrusted: TrustFailure.operatorText("the sign-in service")
        case 7_000_215: "The client secret is wrong (take the secret's value, not its id)."
        case 7_000_222: "The client secret has expired: make a new one in the app registration."
        case 700_016:
            "The application is not in this directory: check client_id and directory_id, and that an administrator consented."
        case 90_002: "There is no such directory: check directory_id."
        case 700_027: "The certificate's signature is not accepted: is this certificate uploaded to the app registration?"
        case 700_024: "The assertion's times are not accepted: is this machine's clock right?"
        case 700_211, 700_212, 700_213:
            "The federated token is not trusted: check issuer, subject and audience of the federated credential."
        case 500_011: "The environment's address is unknown in this directory: check dynamics.url and directory_id."
        case 53_003: "A conditional access policy refuses the application."
        case 50_196: "Too many sign-ins: the sign-in service asks to wait."
        default:
            status == 0
                ? "The sign-in service does not answer." : "The sign-in service refused the application (\(code))."
        }
    }
}
