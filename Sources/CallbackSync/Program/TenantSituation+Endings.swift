import Enreach
import Model
import Tenants

extension TenantSituation {
    /// The words of its Enreach for how requests end.
    var endings: CallbackEndings {
        connection.map { CallbackEndings(success: $0.enreach.successWord, expiry: $0.enreach.expiryWord) } ?? .standard
    }
}
