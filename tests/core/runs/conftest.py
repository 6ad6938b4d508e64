import pytest

from tests.core.runs.models import KINDS, model_of, trained


@pytest.fixture(params=KINDS)
def trainer_of_any_kind(request, make_task):
    source, data, model = KINDS[request.param]
    dataset = request.getfixturevalue(source)
    return trained(make_task(dataset, data={"source": source, **data}, model=model))


@pytest.fixture(scope="session")
def iris_model(iris, make_task):
    """The model of a softmax regression that has trained on two features of Iris for 10 steps."""
    return model_of(trained(make_task(iris)))
