# %% [markdown]
# # A course of one exercise
#
# Small enough to be built, released and graded in a test.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from autograder import check


# %% exercise="half"
def half(x):
    """x: array of any shape. Returns x / 2, an array of the same shape."""
    ### BEGIN SOLUTION
    halved = x * 0.5
    return halved
    ### END SOLUTION


# %% test="half"
check(half)

# %% tags=["experiment"]
plt.plot(half(np.arange(5.0)))
plt.show()
print("half of 3 is", half(np.array([3.0]))[0])

# %% [markdown] written="why" points=2
# ### BEGIN SOLUTION
# Because two halves make a whole.
# ### END SOLUTION
